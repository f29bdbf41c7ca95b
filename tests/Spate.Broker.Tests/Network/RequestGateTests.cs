using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class RequestGateTests
{
    [Fact]
    public async Task A_request_that_waits_for_something_has_left_the_gate()
    {
        await using var bench = new NetworkBench { Gate = new RequestGate(1) };
        var hold = bench.Dispatcher.AnswerByHand();
        var (one, _) = bench.Connect();
        var (two, _) = bench.Connect();
        one.Deliver(Frames.Of(1));
        two.Deliver(Frames.Of(2));
        Assert.Equal(2, bench.Dispatcher.Requests.Count);
        Assert.Equal(0, bench.Gate.Inside);
        Inline.Run(() => hold[0].SetResult(null));
        Inline.Run(() => hold[1].SetResult(null));
    }

    [Fact]
    public async Task At_the_bound_connections_wait_in_the_order_of_asking_and_a_busy_one_does_not_overtake()
    {
        await using var bench = new NetworkBench { Gate = new RequestGate(1) };
        await bench.Gate.EnterAsync(default);
        var clients = Enumerable.Range(0, 3).Select(_ => bench.Connect().Client).ToList();
        clients[0].Deliver([.. Frames.Of(10), .. Frames.Of(11), .. Frames.Of(12)]);
        clients[1].Deliver(Frames.Of(20));
        clients[2].Deliver(Frames.Of(30));
        Assert.Empty(bench.Dispatcher.Requests);
        Assert.Equal((1, 3), (bench.Gate.Inside, bench.Gate.Waiting));

        bench.Gate.Leave();
        await bench.Dispatcher.ReachedAsync(5);
        var order = bench.Dispatcher.Requests.Select(request => request[0]).ToList();
        Assert.Equal([10, 20, 30], order.Where(number => number is 10 or 20 or 30).Select(number => (int)number));
        Assert.True(order.IndexOf(12) > order.IndexOf(20), $"The order was {string.Join(' ', order)}.");
    }

    [Fact]
    public async Task A_connection_that_waits_for_its_turn_is_not_idle_and_leaves_nothing_behind_when_it_is_cut()
    {
        await using var bench = new NetworkBench { Gate = new RequestGate(1) };
        await bench.Gate.EnterAsync(default);
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1));
        bench.Time.Advance(bench.Limits.IdleTimeout * 2);
        Assert.Equal(CloseReason.None, connection.Overdue());
        client.Reset();
        Assert.True(connection.Abort(CloseReason.Aborted));
        await connection.Ended.OrTimeout("the end");
        Assert.Equal(0, bench.Gate.Waiting);
        bench.Gate.Leave();
        Assert.Empty(bench.Dispatcher.Requests);
    }
}
