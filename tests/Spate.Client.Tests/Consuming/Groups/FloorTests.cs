using Spate.Client.Consuming.Groups;

namespace Spate.Client.Tests.Consuming.Groups;

public sealed class FloorTests
{
    private readonly Floor _floor = new();

    [Fact]
    public async Task Seize_while_nobody_enumerates_is_at_once_and_keeps_the_enumeration_waiting_until_it_is_returned()
    {
        await _floor.SeizeAsync(default).OrTimeout("the floor");
        var taking = _floor.TakeAsync(default).AsTask();
        Assert.False(taking.IsCompleted);
        _floor.Return();
        await taking.OrTimeout("the floor");
    }

    [Fact]
    public async Task Seize_while_a_record_is_in_hand_waits_until_the_enumeration_comes_back()
    {
        await _floor.TakeAsync(default);
        var seizing = _floor.SeizeAsync(default);
        Assert.True(_floor.IsWanted);
        Assert.False(seizing.IsCompleted);
        _floor.Release(isAsking: true);
        var taking = _floor.TakeAsync(default).AsTask();
        await seizing.OrTimeout("the floor");
        Assert.False(_floor.IsWanted || taking.IsCompleted);
        _floor.Return();
        await taking.OrTimeout("the floor");
    }

    [Fact]
    public async Task Seize_that_is_given_up_leaves_the_floor_to_the_enumeration()
    {
        await _floor.TakeAsync(default);
        using var cancellation = new CancellationTokenSource();
        var seizing = _floor.SeizeAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seizing);
        Assert.False(_floor.IsWanted);
        _floor.Release(isAsking: true);
        await _floor.TakeAsync(default).AsTask().OrTimeout("the floor");
    }
}
