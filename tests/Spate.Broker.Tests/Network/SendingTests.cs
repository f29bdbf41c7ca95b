using Spate.Broker.Network;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Network;

public sealed class SendingTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(131_068, 0)]
    [InlineData(131_068, 1)]
    [InlineData(131_069, 70_000)]
    [InlineData(3_000_000, 300_000)]
    public async Task Sources_are_read_in_chunks_and_sent_whole(int first, int second)
    {
        await using var bench = new NetworkBench();
        using var one = new TestRecordSource(first);
        using var two = new TestRecordSource(second);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(TestRecordSource.Frame(one, two));
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1));
        Inline.Run(connection.Stop);
        await connection.Ended.OrTimeout("the end");
        var body = Assert.Single(Frames.Split(client.Sent));
        var expected = Enumerable.Range(0, first).Concat(Enumerable.Range(0, second)).Select(TestRecordSource.At).ToArray();
        Assert.Equal(expected, body);
        Assert.True(one.IsDisposed && two.IsDisposed);
        Assert.InRange(Math.Max(one.LargestRead, two.LargestRead), 0, FrameSender.ChunkBytes);
    }

    [Fact]
    public async Task Large_bytes_and_small_ones_keep_their_order()
    {
        await using var bench = new NetworkBench();
        var large = Frames.Body(400_000, 1);
        var small = Frames.Body(100, 2);
        using var source = new TestRecordSource(1000);
        FramePart[] parts = [new(Frames.Prefix(401_200)), new(small), new(large), new(source), new(small)];
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(new OutgoingFrame(parts));
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Of(1));
        byte[] expected = [.. small, .. large, .. Enumerable.Range(0, 1000).Select(TestRecordSource.At), .. small];
        Assert.Equal(expected, Assert.Single(Frames.Split(client.Sent)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_fails_within_the_frame_closes_the_connection_with_one_line(bool comesShort)
    {
        await using var bench = new NetworkBench();
        using var source = new TestRecordSource(1_000_000, failsAt: 500_000, comesShort);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(TestRecordSource.Frame(source));
        var (client, connection) = bench.Connect();
        client.Deliver([.. Frames.Of(1), .. Frames.Of(2)]);
        await connection.Ended.OrTimeout("the end");
        Assert.Equal(CloseReason.RecordSource, connection.ClosedBecause);
        Assert.InRange(client.Sent.Length, 1, 500_000);
        Assert.True(source.IsDisposed);
        Assert.Single(bench.Log.Complaints);
    }

    [Fact]
    public async Task A_reply_not_taken_holds_one_chunk()
    {
        await using var bench = new NetworkBench();
        using var source = new TestRecordSource(50_000_000);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(TestRecordSource.Frame(source));
        var (client, connection) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Of(1));
        Assert.Equal(1, bench.Memory.Pool.Outstanding);
        Assert.Equal(FrameSender.ChunkBytes, client.Sent.Length);
        Assert.True(connection.Abort(CloseReason.Idle));
        await connection.Ended.OrTimeout("the end");
        Assert.True(source.IsDisposed);
    }

    [Fact]
    public async Task A_reply_taken_slowly_is_progress()
    {
        await using var bench = new NetworkBench();
        using var source = new TestRecordSource(1_000_000);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(TestRecordSource.Frame(source));
        var (client, connection) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Of(1));
        bench.Time.Advance(bench.Limits.IdleTimeout);
        Assert.True(connection.IsIdle());
        client.TakeEverything();
        Assert.False(connection.IsIdle());
        Assert.Equal(1_000_004, client.Sent.Length);
    }

    [Fact]
    public void OutgoingFrame_WithWrongPrefix_Throws()
    {
        Assert.Throws<ArgumentException>(() => new OutgoingFrame(new byte[] { 0, 0, 0, 5, 1 }));
        Assert.Throws<ArgumentException>(() => new OutgoingFrame(new byte[] { 0, 0 }));
        Assert.Throws<ArgumentException>(() => new OutgoingFrame(Array.Empty<FramePart>()));
    }
}
