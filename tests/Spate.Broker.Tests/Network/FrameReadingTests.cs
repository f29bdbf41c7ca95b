using System.Net;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class FrameReadingTests
{
    [Fact]
    public async Task Frames_split_at_any_byte_arrive_whole()
    {
        byte[][] bodies = [[], [1, 2, 3], Frames.Body(40, 1), [9]];
        var stream = bodies.SelectMany(body => Frames.Of(body)).ToArray();
        for (var cut = 1; cut < stream.Length; cut++)
        {
            await using var bench = new NetworkBench();
            var (client, _) = bench.Connect();
            client.Deliver(stream[..cut]);
            client.Deliver(stream[cut..]);
            Assert.Equal(bodies, bench.Dispatcher.Requests);
        }
    }

    [Fact]
    public async Task Frames_that_come_byte_by_byte_arrive_whole()
    {
        await using var bench = new NetworkBench();
        var (client, _) = bench.Connect();
        byte[][] bodies = [Frames.Body(300, 1), [], Frames.Body(5000, 2)];
        foreach (var value in bodies.SelectMany(body => Frames.Of(body)))
        {
            client.Deliver([value]);
        }

        Assert.Equal(bodies, bench.Dispatcher.Requests);
    }

    [Fact]
    public async Task Many_frames_in_one_segment_are_answered_in_one_send()
    {
        await using var bench = new NetworkBench();
        var (client, _) = bench.Connect();
        var bodies = Enumerable.Range(0, 90).Select(i => Frames.Body(i, i)).ToList();
        client.Deliver([.. bodies.SelectMany(body => Frames.Of(body))]);
        Assert.Equal(bodies, bench.Dispatcher.Requests);
        Assert.Equal(bodies, Frames.Split(client.Sent));
        Assert.Equal(1, client.SendCount);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(81910)]
    [InlineData(81920)]
    [InlineData(1048576)]
    [InlineData(1048577)]
    [InlineData(5_000_001)]
    public async Task A_frame_of_any_size_arrives_whole_with_its_neighbours(int length)
    {
        await using var bench = new NetworkBench();
        var (client, _) = bench.Connect();
        byte[][] bodies = [[1], Frames.Body(length, 2), [2, 3], Frames.Body(length, 4), Frames.Body(length, 5), []];
        client.Deliver([.. bodies.SelectMany(body => Frames.Of(body))]);
        await bench.Dispatcher.ReachedAsync(bodies.Length);
        Assert.Equal(bodies, bench.Dispatcher.Requests);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Any_mixture_of_sizes_and_segments_arrives_whole(int seed)
    {
        var random = new Random(seed);
        var bodies = Enumerable.Range(0, 60).Select(i => Frames.Body(Size(random), i)).ToList();
        await using var bench = new NetworkBench();
        bench.Dispatcher.Answer = (_, _, _) => default;
        var (client, _) = bench.Connect();
        var stream = bodies.SelectMany(body => Frames.Of(body)).ToArray();
        for (var position = 0; position < stream.Length;)
        {
            var length = Math.Min(stream.Length - position, Size(random) + 1);
            client.Deliver(stream[position..(position + length)]);
            position += length;
        }

        await bench.Dispatcher.ReachedAsync(bodies.Count);
        Assert.Equal(bodies, bench.Dispatcher.Requests);

        static int Size(Random random) => random.Next(5) switch
        {
            0 => random.Next(8),
            1 => random.Next(3000),
            2 => random.Next(70_000),
            3 => random.Next(300_000),
            _ => random.Next(64),
        };
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(1001)]
    [InlineData(int.MaxValue)]
    public async Task A_length_out_of_bounds_closes_with_one_line_after_the_replies_before(int length)
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestBytesMax = 1000 });
        var (client, connection) = bench.Connect();
        client.Deliver([.. Frames.Of(1), .. Frames.Prefix(length), 7, 7]);
        await connection.Ended.OrTimeout("the end");
        Assert.Equal([[1]], Frames.Split(client.Sent));
        Assert.Equal(CloseReason.FrameLength, connection.ClosedBecause);
        var line = Assert.Single(bench.Log.Complaints);
        Assert.Contains($"{length} bytes", line, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:4711", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_largest_length_allowed_is_taken()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestBytesMax = 1000 });
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Random(1000, 1));
        Assert.Single(bench.Dispatcher.Requests);
    }

    [Fact]
    public async Task A_silent_client_holds_no_buffer()
    {
        await using var bench = new NetworkBench();
        var (client, _) = bench.Connect();
        Assert.Equal(0, bench.Memory.Pool.Outstanding);
        client.Deliver(Frames.Random(200_000, 1));
        client.Deliver(Frames.Of(1, 2));
        Assert.Equal(2, bench.Dispatcher.Requests.Count);
        Assert.Equal(0, bench.Memory.Pool.Outstanding);
    }

    [Fact]
    public async Task A_client_silent_within_a_small_frame_holds_little()
    {
        await using var bench = new NetworkBench();
        var (client, _) = bench.Connect();
        client.Deliver([.. Frames.Prefix(60_000), 1, 2, 3]);
        Assert.Equal(1, bench.Memory.Pool.Outstanding);
        Assert.Equal(FrameBufferPool.LeasedSize(64 * 1024 + 4), bench.Memory.Pool.RetainedBytes);
    }

    [Fact]
    public async Task A_lying_length_then_silence_costs_a_small_buffer_and_the_idle_timeout()
    {
        await using var bench = new NetworkBench();
        var (client, connection) = bench.Connect();
        client.Deliver([.. Frames.Prefix(100_000_000), 1, 2, 3]);
        Assert.Equal(0, bench.Memory.Budget.Used);
        client.Deliver([4]);
        Assert.InRange(bench.Memory.Budget.Used, 1, 100_000);
        Assert.Equal(1, bench.Memory.Pool.Outstanding);
        bench.Time.Advance(bench.Limits.IdleTimeout);
        Assert.True(connection.IsIdle());
        connection.Abort(CloseReason.Idle);
        await connection.Ended.OrTimeout("the end");
        Assert.Equal(0, bench.Memory.Budget.Used);
    }

    [Fact]
    public async Task A_small_frame_that_waits_keeps_only_its_own_bytes()
    {
        await using var bench = new NetworkBench();
        var replies = bench.Dispatcher.AnswerByHand();
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Random(100, 1));
        Assert.Equal(1, bench.Memory.Pool.Outstanding);
        Assert.Equal(FrameBufferPool.LeasedSize(64 * 1024 + 4), bench.Memory.Pool.RetainedBytes);
        replies[0].SetResult(null);
    }

    [Fact]
    public async Task Frames_that_share_a_buffer_keep_their_bytes_while_more_arrive()
    {
        await using var bench = new NetworkBench();
        var kept = new List<RequestFrame>();
        var done = new TaskCompletionSource<OutgoingFrame?>();
        bench.Dispatcher.Answer = (_, frame, _) =>
        {
            kept.Add(frame);
            return new ValueTask<OutgoingFrame?>(done.Task);
        };
        var (client, _) = bench.Connect();
        for (var i = 0; i < 20; i++)
        {
            client.Deliver([.. Frames.Random(9000, i), .. Frames.Random(5000, i + 100)]);
        }

        Assert.Equal(40, kept.Count);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Frames.Body(9000, i), kept[2 * i].Bytes.ToArray());
            Assert.Equal(Frames.Body(5000, i + 100), kept[(2 * i) + 1].Bytes.ToArray());
        }

        done.SetResult(null);
    }

    [Fact]
    public async Task A_request_knows_its_client_and_listener()
    {
        await using var bench = new NetworkBench();
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1));
        var context = bench.Dispatcher.LastConnection;
        Assert.Same(connection.Context, context);
        Assert.Equal("TEST", context!.ListenerName);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 4711), context.ClientEndPoint);
        Assert.Equal(1, context.Id);
    }

    [Fact]
    public async Task Bytes_after_disposal_are_refused()
    {
        await using var bench = new NetworkBench();
        RequestFrame? kept = null;
        bench.Dispatcher.Answer = (_, frame, _) =>
        {
            kept = frame;
            return default;
        };
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Of(1));
        Assert.Throws<ObjectDisposedException>(() => kept!.Bytes);
        kept!.Dispose();
    }
}
