using Spate.Client.Connections;

namespace Spate.Client.Tests.Connections;

public sealed class WakeSignalTests
{
    [Fact]
    public async Task SetAfter_TaskThatEnds_WakesWhenTheTaskSaysSoItself()
    {
        using var signal = new WakeSignal(TimeProvider.System);
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = WorkAsync(source.Task);
        signal.SetAfter(work);
        var sleep = signal.WaitAsync(Timeout.InfiniteTimeSpan);
        Assert.False(sleep.IsCompleted);

        source.SetResult();

        await sleep.AsTask().OrTimeout("the wake");
        Assert.True(work.IsCompleted);
    }

    [Fact]
    public async Task SetAfter_TaskThatFails_WakesAsWell()
    {
        using var signal = new WakeSignal(TimeProvider.System);
        var failing = Task.FromException(new InvalidOperationException("It fails."));

        signal.SetAfter(failing);

        await signal.WaitAsync(Timeout.InfiniteTimeSpan).AsTask().OrTimeout("the wake");
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
    }

    private static async Task WorkAsync(Task first) => await first;
}
