using Spate.Broker.Network;

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

    [Fact]
    public async Task Replies_behind_one_that_is_still_worked_on_count_when_that_one_is_sent()
    {
        await using var bench = new NetworkBench();
        var hold = bench.Dispatcher.AnswerByHand();
        var (client, _) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Random(100, 1));
        client.Deliver(Frames.Random(200, 2));
        client.Deliver(Frames.Random(300, 3));
        Inline.Run(() => hold[1].SetResult(Frames.Reply(Frames.Body(7000, 1))));
        Inline.Run(() => hold[0].SetResult(Frames.Reply(Frames.Body(500_000, 1))));
        Assert.Equal(500_004 + 7004 + 300, bench.Memory.InFlight.Used);
        Inline.Run(() => hold[2].SetResult(Frames.Reply(3)));
        client.TakeEverything();
        Assert.Equal(0, bench.Memory.InFlight.Used);
    }

    [Fact]
    public async Task At_twice_the_capacity_the_client_goes_that_has_taken_nothing_for_longest()
    {
        await using var bench = new NetworkBench(budget: 100_000);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(Frames.Body(80_000, 1)));
        var (first, firstConnection) = Hog(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        var (second, secondConnection) = Hog(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        // It takes something, and so it is the other's turn.
        first.TakeEverything();
        first.TakesNothing = true;
        first.Deliver(Frames.Of(2));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((CloseReason.None, CloseReason.None), (firstConnection.ClosedBecause, secondConnection.ClosedBecause));
        var (third, thirdConnection) = Hog(bench);

        Assert.Equal((CloseReason.None, CloseReason.ReplyNotTaken, CloseReason.None), (firstConnection.ClosedBecause, secondConnection.ClosedBecause, thirdConnection.ClosedBecause));
        Assert.True(second.IsClosed);

        // It gives its memory back on whatever thread hears first that it is cut.
        await secondConnection.Ended.OrTimeout("the end of the connection that was cut");
        Assert.Equal(2 * 80_004, bench.Memory.InFlight.Used);
        Assert.Contains(bench.Log.Complaints, line => line.Contains("its replies hold 80004 bytes of which it took nothing for 2 s", StringComparison.Ordinal));
        first.TakeEverything();
        third.TakeEverything();
        Assert.Equal(80_004, Assert.Single(Frames.Split(third.Sent)).Length + sizeof(int));
    }

    [Fact]
    public async Task However_many_do_not_take_their_replies_memory_is_bounded_and_whoever_takes_them_gets_them()
    {
        const long Capacity = 1_000_000;
        await using var bench = new NetworkBench(budget: Capacity);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(Frames.Body(150_000, 1)));
        var (fast, fastConnection) = bench.Connect();
        var hogs = new List<Connection>();
        for (var count = 1; count <= 1000; count++)
        {
            hogs.Add(Hog(bench).Connection);
            bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            var held = hogs.Count(hog => hog.ClosedBecause == CloseReason.None) * 150_004L;
            Assert.True(held <= 2 * Capacity, $"{held} bytes are held by connections that are open, with {count} clients that take nothing.");
            if (count % 100 == 0)
            {
                fast.Deliver(Frames.Of(3));
                Assert.Equal(150_004L * (count / 100), fast.Sent.LongLength);
            }
        }

        Assert.Equal(CloseReason.None, fastConnection.ClosedBecause);
        Assert.Equal(12, hogs.Count(hog => hog.ClosedBecause == CloseReason.None));
        foreach (var cut in hogs.Where(hog => hog.ClosedBecause != CloseReason.None))
        {
            await cut.Ended.OrTimeout("the end of a connection that was cut");
        }

        Assert.Equal(12 * 150_004L, bench.Memory.InFlight.Used);
    }

    [Fact]
    public async Task Small_replies_cost_nobody_the_connection()
    {
        await using var bench = new NetworkBench(budget: 10_000);
        bench.Dispatcher.Answer = (_, _, _) => ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(Frames.Body(5_000, 1)));
        var hogs = Enumerable.Range(0, 10).Select(_ => Hog(bench).Connection).ToList();
        Assert.All(hogs, hog => Assert.Equal(CloseReason.None, hog.ClosedBecause));
    }

    private static (MemoryTransport Client, Connection Connection) Hog(NetworkBench bench)
    {
        var (client, connection) = bench.Connect();
        client.TakesNothing = true;
        client.Deliver(Frames.Of(1));
        return (client, connection);
    }
}
