using System.Net;
using System.Net.Sockets;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>Clients that are slow, broken or something else altogether hold little, are dropped in the end and hurt nobody.</summary>
public sealed class SlowClientTests
{
    private static readonly byte[] TlsHello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3];

    [Fact]
    public async Task A_client_that_takes_no_reply_is_dropped_after_the_stall_timeout_though_it_may_idle_for_ever()
    {
        await using var bench = new NetworkBench(new ConnectionLimits
        {
            IdleTimeout = Timeout.InfiniteTimeSpan,
            ReplyStallTimeout = TimeSpan.FromMinutes(1),
        });
        var (client, connection) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Of(1));
        bench.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(CloseReason.None, connection.Overdue());
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(CloseReason.ReplyNotTaken, connection.Overdue());
        client.TakeEverything();
        bench.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(CloseReason.None, connection.Overdue());
    }

    [Fact]
    public async Task A_client_that_takes_no_reply_is_not_read_on_beyond_its_bounds_and_others_are_served()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestsInFlightMax = 3 });
        var (slow, _) = bench.Connect();
        slow.TakesNothing = true;
        for (byte i = 0; i < 10; i++)
        {
            slow.Deliver(Frames.Of(i));
        }

        Assert.Equal(3, bench.Dispatcher.Requests.Count);
        var (other, _) = bench.Connect();
        other.Deliver(Frames.Of(99));
        Assert.Equal([[99]], Frames.Split(other.Sent));
    }

    [Fact]
    public async Task A_request_that_trickles_holds_what_came_and_is_dropped_only_when_others_wait_for_its_memory()
    {
        await using var bench = new NetworkBench(budget: 300_000);
        var (slow, connection) = bench.Connect();
        slow.Deliver([.. Frames.Prefix(90_000_000), 1]);
        slow.Deliver(new byte[200_000]);
        Assert.InRange(bench.Memory.Budget.Used, 200_000, 420_000);
        for (var minute = 0; minute < 20; minute++)
        {
            slow.Deliver([1]);
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(CloseReason.None, connection.Overdue());
        }

        var (other, waiting) = bench.Connect();
        other.Deliver([.. Frames.Prefix(200_000), 1]);
        other.Deliver([2]);
        Assert.Equal(1, bench.Memory.Budget.Waiting);
        Assert.Equal(CloseReason.None, connection.Overdue());
        slow.Deliver(new byte[FrameProgress.BytesMin]);
        bench.Time.Advance(FrameProgress.Period);
        Assert.Equal(CloseReason.None, connection.Overdue());
        slow.Deliver([1]);
        bench.Time.Advance(FrameProgress.Period);
        Assert.Equal(CloseReason.None, waiting.Overdue());
        Assert.Equal(CloseReason.FrameStalled, connection.Overdue());

        var served = bench.Dispatcher.ReachedAsync(1);
        connection.Abort(CloseReason.FrameStalled);
        other.Deliver(new byte[199_998]);
        await served;
    }

    [Fact]
    public async Task A_client_is_believed_a_length_that_it_has_sent_before()
    {
        await using var bench = new NetworkBench();
        bench.Dispatcher.Answer = (_, _, _) => default;
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Random(500_000, 1));
        await bench.Dispatcher.ReachedAsync(1);
        Assert.Equal(0, bench.Memory.Budget.Used);
        client.Deliver([.. Frames.Prefix(2_000_000), 1]);
        client.Deliver([2]);
        Assert.InRange(bench.Memory.Budget.Used, 500_000, 700_000);
    }

    [Theory]
    [InlineData("tls", "TLS")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP")]
    [InlineData("POST /topics HTTP/1.1\r\n\r\n", "HTTP")]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", "HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "SSH")]
    public async Task Another_protocol_is_told_by_its_name_once_in_a_while(string hello, string protocol)
    {
        await using var bench = new NetworkBench();
        var (door, listener) = bench.Open();
        await using var _ = listener;
        var bytes = hello == "tls" ? TlsHello : System.Text.Encoding.ASCII.GetBytes(hello);
        for (var i = 0; i < 5; i++)
        {
            var client = new MemoryTransport();
            client.Deliver(bytes);
            door.Enqueue(client);
        }

        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Metrics.Closed(CloseReason.FrameLength) == 5, "five ends");
        Assert.Contains($"look like {protocol}", Assert.Single(bench.Log.Complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Garbage_closes_its_connection_and_no_other(int seed)
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestBytesMax = 100_000 });
        bench.Dispatcher.Answer = (_, frame, _) => frame.Bytes.Span.StartsWith("good"u8)
            ? ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(1))
            : throw new ConnectionProtocolException("it sent garbage");
        var (good, _) = bench.Connect();
        var random = new Random(seed);
        for (var i = 0; i < 50; i++)
        {
            var (client, connection) = bench.Connect();
            var garbage = new byte[random.Next(1, 5000)];
            random.NextBytes(garbage);
            client.Deliver(garbage);
            client.End();
            await connection.Ended.OrTimeout($"the end of garbage {i}");
            good.Deliver(Frames.Of([.. "good"u8]));
        }

        Assert.Equal(50, Frames.Split(good.Sent).Count);
    }

    [Fact]
    public async Task Over_a_socket_a_request_byte_by_byte_holds_no_buffer_to_speak_of_and_falls_to_idleness()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        foreach (var value in (byte[])[.. Frames.Prefix(50_000_000), 1, 2, 3, 4])
        {
            await client.SendAsync(new[] { value });
        }

        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Metrics.BytesIn == 8, "eight bytes");
        Assert.InRange(bench.Memory.Budget.Used, 0, 100_000);
        bench.Time.Advance(bench.Limits.IdleTimeout * 2);
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Metrics.Closed(CloseReason.Idle) == 1, "the sweep");
    }

    [Fact]
    public async Task Over_a_socket_TLS_is_told_by_its_name_and_the_next_client_is_served()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        await client.SendAsync(TlsHello);
        Assert.Equal(0, await EndAsync(client));
        Assert.Contains("look like TLS", Assert.Single(bench.Log.Complaints), StringComparison.Ordinal);
        using var next = await ConnectAsync(listener);
        await next.SendAsync(Frames.Of(7));
        Assert.Equal(5, await next.ReceiveAsync(new byte[16]).OrTimeout("the reply"));
    }

    [Fact]
    public async Task A_half_open_connection_is_asked_for_by_the_system()
    {
        var options = new ListenerOptions { Name = "TEST", EndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        using var acceptor = SocketAcceptor.Bind(options);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(acceptor.EndPoint).OrTimeout("the connection");
        using var accepted = (SocketTransport)await acceptor.AcceptAsync(default).AsTask().OrTimeout("the acceptance");
        Assert.True(accepted.KeepsAlive);
    }

    [Fact]
    public async Task Over_a_socket_at_the_bound_the_next_client_waits_in_the_accept_queue()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 1 } };
        await using var listener = bench.Listen();
        var first = await ConnectAsync(listener);
        await first.SendAsync(Frames.Of(1));
        await bench.Dispatcher.ReachedAsync(1);
        using var second = await ConnectAsync(listener);
        using var third = await ConnectAsync(listener);
        await second.SendAsync(Frames.Of(2));
        await third.SendAsync(Frames.Of(3));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1, "the second to wait");
        Assert.Single(bench.Dispatcher.Requests);
        first.Dispose();
        await bench.Dispatcher.ReachedAsync(2);
        Assert.Equal([2], bench.Dispatcher.Requests[1]);
        Assert.Equal(2, bench.Metrics.Accepted);
    }

    private static async Task<Socket> ConnectAsync(Listener listener)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.EndPoint).OrTimeout("the connection");
        return client;
    }

    private static async Task<int> EndAsync(Socket client)
    {
        try
        {
            return await client.ReceiveAsync(new byte[16]).OrTimeout("the end of the stream");
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
