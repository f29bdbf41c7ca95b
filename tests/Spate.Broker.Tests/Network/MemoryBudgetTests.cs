using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class MemoryBudgetTests
{
    [Fact]
    public async Task TakeAsync_BeyondCapacity_WaitsInOrderUntilThereIsEnough()
    {
        var budget = new MemoryBudget(100);
        var first = await budget.TakeAsync(60, default);
        var second = budget.TakeAsync(50, default).AsTask();
        var third = budget.TakeAsync(10, default).AsTask();
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        Assert.Equal(2, budget.Waiting);
        first.Dispose();
        first.Dispose();
        (await second.OrTimeout("the second")).Dispose();
        (await third.OrTimeout("the third")).Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_OfMoreThanTheCapacity_IsGrantedAlone()
    {
        var budget = new MemoryBudget(100);
        var large = await budget.TakeAsync(500, default);
        Assert.Equal(500, budget.Used);
        var small = budget.TakeAsync(1, default).AsTask();
        Assert.False(small.IsCompleted);
        large.Dispose();
        Assert.Equal(1, budget.Used);
        await small.OrTimeout("the small one");
    }

    [Fact]
    public async Task GrowAsync_WhenFramesWaitForOneAnother_LetsOneGoOverTheBound()
    {
        var budget = new MemoryBudget(100);
        var one = await budget.TakeAsync(50, default);
        var two = await budget.TakeAsync(50, default);
        Assert.True(budget.GrowAsync(one, 50, default).AsTask().IsCompleted);
        var waiting = budget.GrowAsync(two, 50, default).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(budget.GrowAsync(one, 100, default).AsTask().IsCompleted, "the frame over the bound must not wait behind those that wait for it");
        Assert.Equal(250, budget.Used);
        one.Dispose();
        await waiting.OrTimeout("the second frame");
    }

    [Fact]
    public async Task GrowAsync_ComesBeforeFramesThatHaveNotBegun()
    {
        var budget = new MemoryBudget(100);
        var overdrawn = await budget.TakeAsync(60, default);
        var begun = await budget.TakeAsync(40, default);
        Assert.True(budget.GrowAsync(overdrawn, 10, default).AsTask().IsCompleted);
        var newcomer = budget.TakeAsync(30, default).AsTask();
        var growing = budget.GrowAsync(begun, 40, default).AsTask();
        overdrawn.Dispose();
        await growing.OrTimeout("the frame that had begun");
        Assert.False(newcomer.IsCompleted);
        begun.Dispose();
        (await newcomer.OrTimeout("the newcomer")).Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_Cancelled_LeavesTheLineToTheNext()
    {
        var budget = new MemoryBudget(100);
        var first = await budget.TakeAsync(60, default);
        using var cancel = new CancellationTokenSource();
        var large = budget.TakeAsync(90, cancel.Token).AsTask();
        var small = budget.TakeAsync(30, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small.OrTimeout("the small one")).Dispose();
        first.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Theory]
    [InlineData(1L << 30, 128L << 20)]
    [InlineData(100L << 20, 64L << 20)]
    public void DefaultCapacity_IsAShareOfTheMachineWithAFloor(long available, long expected) =>
        Assert.Equal(expected, MemoryBudget.DefaultCapacity(available));

    [Fact]
    public async Task With_the_budget_used_up_large_frames_wait_and_small_ones_on_other_connections_are_served()
    {
        await using var bench = new NetworkBench(budget: 1_100_000);
        var hold = bench.Dispatcher.AnswerByHand();
        var (hog, _) = bench.Connect();
        hog.Deliver(Frames.Random(1_000_000, 1));
        await bench.Dispatcher.ReachedAsync(1);

        var (second, waiting) = bench.Connect();
        second.Deliver(Frames.Random(500_000, 2));
        Assert.Equal(1, bench.Memory.Budget.Waiting);
        bench.Time.Advance(bench.Limits.IdleTimeout);
        Assert.False(waiting.IsIdle());

        var (small, _) = bench.Connect();
        small.Deliver(Frames.Random(64 * 1024, 3));
        small.Deliver(Frames.Random(10, 4));
        await bench.Dispatcher.ReachedAsync(3);
        Inline.Run(() => hold[1].SetResult(Frames.Reply(1)));
        Inline.Run(() => hold[2].SetResult(Frames.Reply(2)));
        Assert.Equal([[1], [2]], Frames.Split(small.Sent));
        Assert.Equal(3, bench.Dispatcher.Requests.Count);

        var fourth = bench.Dispatcher.ReachedAsync(4);
        Inline.Run(() => hold[0].SetResult(null));
        await fourth;
        Assert.Equal(Frames.Body(500_000, 2), bench.Dispatcher.Requests[3]);
        Inline.Run(() => hold[3].SetResult(null));
    }

    [Fact]
    public async Task A_connection_cut_while_it_waits_for_memory_leaves_nothing_behind()
    {
        await using var bench = new NetworkBench(budget: 1_100_000);
        var hold = bench.Dispatcher.AnswerByHand();
        var (hog, _) = bench.Connect();
        hog.Deliver(Frames.Random(1_000_000, 1));
        var (second, waiting) = bench.Connect();
        second.Deliver(Frames.Random(500_000, 2));
        Assert.True(waiting.Abort(CloseReason.Aborted));
        await waiting.Ended.OrTimeout("the end");
        Assert.Equal(0, bench.Memory.Budget.Waiting);
        Inline.Run(() => hold[0].SetResult(null));
    }

    [Fact]
    public async Task Frames_that_grow_beyond_a_short_budget_all_arrive_in_the_end()
    {
        const int Clients = 6;
        const int Length = 5_000_000;
        await using var bench = new NetworkBench(budget: 4_000_000);
        bench.Dispatcher.Answer = (_, _, _) => default;
        var clients = Enumerable.Range(0, Clients).Select(_ => bench.Connect().Client).ToList();
        var stream = Frames.Random(Length, 1);
        for (var position = 0; position < stream.Length; position += 500_000)
        {
            clients.ForEach(client => client.Deliver(stream[position..Math.Min(position + 500_000, stream.Length)]));
        }

        await bench.Dispatcher.ReachedAsync(Clients);
        Assert.All(bench.Dispatcher.Requests, request => Assert.Equal(stream[4..], request));
    }
}
