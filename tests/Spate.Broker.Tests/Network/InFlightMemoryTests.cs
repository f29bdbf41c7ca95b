namespace Spate.Broker.Tests.Network;

/// <summary>The bound on small requests and replies over all connections.</summary>
public sealed class InFlightMemoryTests
{
    [Fact]
    public async Task Requests_in_work_count_and_so_does_a_reply_that_is_not_taken()
    {
        await using var bench = new NetworkBench();
        var hold = bench.Dispatcher.AnswerByHand();
        var (client, _) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Random(1000, 1));
        Assert.Equal(1000, bench.Memory.InFlight.Used);
        Inline.Run(() => hold[0].SetResult(Frames.Reply(Frames.Body(5000, 1))));
        Assert.Equal(5004, bench.Memory.InFlight.Used);
        client.TakeEverything();
        Assert.Equal(0, bench.Memory.InFlight.Used);
    }

    [Fact]
    public async Task Replies_that_wait_behind_a_slow_one_count()
    {
        await using var bench = new NetworkBench();
        var hold = bench.Dispatcher.AnswerByHand();
        var (client, _) = bench.Connect();
        client.Deliver(Frames.Random(100, 1));
        client.Deliver(Frames.Random(200, 2));
        Inline.Run(() => hold[1].SetResult(Frames.Reply(Frames.Body(7000, 1))));
        client.Deliver(Frames.Random(300, 3));
        Assert.Equal(100 + 7004 + 300, bench.Memory.InFlight.Used);
        Inline.Run(() => hold[0].SetResult(null));
        Assert.Equal(300, bench.Memory.InFlight.Used);
        Inline.Run(() => hold[2].SetResult(null));
    }

    [Fact]
    public async Task When_it_is_full_every_connection_gets_one_request_at_a_time_and_nobody_waits_for_another()
    {
        await using var bench = new NetworkBench(budget: 10_000);
        var hold = bench.Dispatcher.AnswerByHand();
        var (hog, _) = bench.Connect();
        hog.TakesNothing = true;
        hog.Deliver(Frames.Of(0));
        Inline.Run(() => hold[0].SetResult(Frames.Reply(Frames.Body(20_000, 1))));
        Assert.True(bench.Memory.InFlight.IsFull);

        // What it asks further is not read.
        hog.Deliver([.. Frames.Of(1), .. Frames.Of(2)]);
        Assert.Single(bench.Dispatcher.Requests);

        var (other, _) = bench.Connect();
        other.Deliver([.. Frames.Of(10), .. Frames.Of(11)]);
        Assert.Equal(2, bench.Dispatcher.Requests.Count);
        bench.Dispatcher.Answer = null;
        Inline.Run(() => hold[1].SetResult(Frames.Reply(10)));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => Frames.Split(other.Sent).Count == 2, "the second reply");
        Assert.Equal([[10], [11]], Frames.Split(other.Sent));

        hog.TakesNothing = false;
        hog.TakeEverything();
        await bench.Dispatcher.ReachedAsync(5);
    }
}
