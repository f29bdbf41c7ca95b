using System.Net.Sockets;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>The whole road over real sockets. Runs beside nothing else, because it measures what the process holds.</summary>
[Collection("Alone")]
public sealed class ListenerTests
{
    [Fact]
    public async Task Requests_are_answered_over_a_socket()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        foreach (var length in (int[])[0, 1, 5000, 70_000, 3_000_000])
        {
            var body = Frames.Body(length, length);
            await client.SendAsync(Frames.Of(body));
            Assert.Equal(body, await ReceiveFrameAsync(client));
        }
    }

    [Fact]
    public async Task Bind_OnATakenPort_SaysWhichAndWhy()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        var options = bench.Options with { EndPoint = listener.EndPoint };
        var exception = Assert.Throws<ListenerBindException>(
            () => Listener.Bind(options, bench.Dispatcher, bench.Share, bench.Metrics, bench.Time, bench.Log));
        Assert.Equal($"Listener TEST cannot listen on {listener.EndPoint}: Address already in use", exception.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_a_listener_that_was_started_is_said_to_have_stopped(bool isStarted)
    {
        await using var bench = new NetworkBench();
        await using (var listener = Listener.Bind(bench.Options, bench.Dispatcher, bench.Share, bench.Metrics, bench.Time, bench.Log))
        {
            if (isStarted)
            {
                listener.Start();
            }
        }

        Assert.Equal(isStarted ? 1 : 0, bench.Log.Lines.Count(line => line.Text.Contains("stopped", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_connection_that_idles_is_closed_by_the_sweep()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { IdleTimeout = TimeSpan.FromSeconds(60) });
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        await client.SendAsync(Frames.Of(1));
        await ReceiveFrameAsync(client);
        bench.Time.Advance(TimeSpan.FromSeconds(66));
        Assert.Equal(0, await ReceiveOrResetAsync(client));
        Assert.Equal(1, bench.Metrics.Closed(CloseReason.Idle));
    }

    [Fact]
    public async Task A_client_that_never_reads_holds_bounded_memory_and_is_closed()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { IdleTimeout = TimeSpan.FromSeconds(60), RequestsInFlightMax = 4 });
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(TestRecordSource.Frame(new TestRecordSource(50_000_000)));
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        for (byte i = 0; i < 10; i++)
        {
            await client.SendAsync(Frames.Of(i));
        }

        // Before the first bytes are out the request is the broker's business, and the clock below makes leaps.
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Metrics.BytesOut > 0, "the first bytes");

        // The first sends still move bytes into the kernel's buffers, each of which starts the time anew.
        await bench.AdvanceUntilAsync(TimeSpan.FromSeconds(66), () => bench.Metrics.Closed(CloseReason.ReplyNotTaken) > 0, "the sweep");
        Assert.InRange(bench.Dispatcher.Requests.Count, 1, 4);
        Assert.InRange(bench.Metrics.BytesOut, 0, 20_000_000);
    }

    [Fact]
    public async Task A_reset_client_is_forgotten()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        var replies = bench.Dispatcher.AnswerByHand();
        var client = await ConnectAsync(listener);
        await client.SendAsync(Frames.Of(1));
        await bench.Dispatcher.ReachedAsync(1);
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Dispatcher.LastConnection!.Closed.Register(closed.SetResult);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        await closed.Task.OrTimeout("the reset");
        replies[0].SetResult(Frames.Reply(1));
        Assert.Equal(1, bench.Metrics.Closed(CloseReason.Reset));
        Assert.Empty(bench.Log.Complaints);
    }

    [Fact]
    public async Task StopAsync_AnswersWhatWasAcceptedAndCloses()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        var replies = bench.Dispatcher.AnswerByHand();
        using var busy = await ConnectAsync(listener);
        using var quiet = await ConnectAsync(listener);
        await busy.SendAsync((byte[])[.. Frames.Of(0), .. Frames.Of(1)]);
        await bench.Dispatcher.ReachedAsync(2);
        var stopping = listener.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await ReceiveOrResetAsync(quiet));
        Assert.False(stopping.IsCompleted);
        replies[1].SetResult(Frames.Reply(11));
        replies[0].SetResult(Frames.Reply(10));
        Assert.Equal([10], await ReceiveFrameAsync(busy));
        Assert.Equal([11], await ReceiveFrameAsync(busy));
        Assert.Equal(0, await ReceiveOrResetAsync(busy));
        Assert.Equal(0, await stopping.OrTimeout("the stop"));
        Assert.Equal(2, bench.Metrics.Closed(CloseReason.Stopped));
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(listener.EndPoint));
    }

    [Fact]
    public async Task StopAsync_AfterTheGracePeriod_CutsWhatIsLeftAndSaysHowMany()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        var replies = bench.Dispatcher.AnswerByHand();
        using var one = await ConnectAsync(listener);
        using var two = await ConnectAsync(listener);
        await one.SendAsync(Frames.Of(1));
        await two.SendAsync(Frames.Of(2));
        await bench.Dispatcher.ReachedAsync(2);
        var stopping = listener.StopAsync(TimeSpan.FromSeconds(5));
        await bench.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => stopping.IsCompleted, "the end of the grace period");
        Assert.Equal(2, await stopping);
        Assert.Equal(2, bench.Metrics.Closed(CloseReason.Aborted));
        Assert.Equal(0, await ReceiveOrResetAsync(one));
        replies[0].SetResult(Frames.Reply(1));
        replies[1].SetResult(Frames.Reply(1));
    }

    [Fact]
    public async Task Two_thousand_silent_clients_cost_little()
    {
        const int Clients = 2000;
        const long BytesPerConnectionMax = 8 * 1024;
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        using (var warm = await ConnectAsync(listener))
        {
            await RoundTripAsync(warm);
        }

        var clients = new List<Socket>();
        try
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < Clients; i++)
            {
                clients.Add(await ConnectAsync(listener));
                await RoundTripAsync(clients[i]);
            }

            // Both ends live in this process, so this is above what a broker pays.
            var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Clients;
            Assert.True(each <= BytesPerConnectionMax, $"{each} bytes for each connection.");
            Assert.Equal(Clients, bench.Metrics.Accepted - 1);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Many_clients_at_once_each_get_their_own_replies_in_order()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async seed =>
        {
            var random = new Random(seed);
            var bodies = Enumerable.Range(0, 50).Select(i => Frames.Body(random.Next(1 << random.Next(18)), (seed * 1000) + i)).ToList();
            using var client = await ConnectAsync(listener);
            var sending = client.SendAsync(bodies.SelectMany(body => Frames.Of(body)).ToArray());
            foreach (var body in bodies)
            {
                Assert.Equal(body, await ReceiveFrameAsync(client));
            }

            await sending;
        })).OrTimeout("all clients");
    }

    [Fact]
    public async Task Failures_to_accept_are_told_once_and_survived()
    {
        await using var bench = new NetworkBench();
        using var acceptor = new QueuedAcceptor();
        await using var listener = new Listener(bench.Options, acceptor, bench.Dispatcher, bench.Share, bench.Telemetry);
        for (var i = 0; i < 3; i++)
        {
            acceptor.Fail(new SocketException((int)SocketError.TooManyOpenSockets));
        }

        acceptor.Fail(new SocketException((int)SocketError.ConnectionReset));
        var transport = new MemoryTransport();
        transport.Deliver(Frames.Of(1));
        acceptor.Enqueue(transport);
        listener.Start();
        var served = bench.Dispatcher.ReachedAsync(1);
        await bench.AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => served.IsCompleted, "the client behind the failures");
        Assert.Single(bench.Log.Complaints);
        Assert.Contains(bench.Log.Lines, line => line.Text.Contains("again after 3 failures", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_counters_tell_what_happened()
    {
        await using var bench = new NetworkBench();
        await using var listener = bench.Listen();
        using var client = await ConnectAsync(listener);
        await client.SendAsync(Frames.Of(1, 2, 3));
        await ReceiveFrameAsync(client);
        Assert.Equal(1, bench.Metrics.Open);
        await listener.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((1, 1, 1, 7, 7, 0), (
            bench.Metrics.Accepted, bench.Metrics.Requests, bench.Metrics.Replies, bench.Metrics.BytesIn, bench.Metrics.BytesOut, bench.Metrics.Open));
    }

    private static async Task<Socket> ConnectAsync(Listener listener)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(listener.EndPoint).OrTimeout("the connection");
        return client;
    }

    private static async Task RoundTripAsync(Socket client)
    {
        await client.SendAsync(Frames.Of(1));
        await ReceiveFrameAsync(client);
    }

    private static async Task<byte[]> ReceiveFrameAsync(Socket client)
    {
        var prefix = await ReceiveExactlyAsync(client, sizeof(int));
        return await ReceiveExactlyAsync(client, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(prefix));
    }

    private static async Task<byte[]> ReceiveExactlyAsync(Socket client, int length)
    {
        var bytes = new byte[length];
        for (var position = 0; position < length;)
        {
            var received = await client.ReceiveAsync(bytes.AsMemory(position)).AsTask().OrTimeout($"byte {position} of {length}");
            Assert.NotEqual(0, received);
            position += received;
        }

        return bytes;
    }

    private static async Task<int> ReceiveOrResetAsync(Socket client)
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
