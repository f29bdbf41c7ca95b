using System.Threading.Tasks.Sources;

namespace Spate.Client.Connections;

/// <summary>
/// Wakes one loop that sleeps: by whoever has something for it, or when a time is up. Setting it before the loop sleeps is not lost; setting
/// it twice wakes once. A wake without a reason is possible, so the loop looks for itself. Sleeping allocates nothing.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private bool _isSet;
    private bool _isWaiting;

    public WakeSignal(TimeProvider clock) =>
        _timer = clock.CreateTimer(static state => ((WakeSignal)state!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Set()
    {
        lock (_gate)
        {
            _isSet = true;
            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
    }

    /// <summary>
    /// Sets it once a task has ended, however it did. A task that sets it as the last of its own deeds has not ended yet when the loop looks at it,
    /// and nobody would wake the loop again.
    /// </summary>
    public void SetAfter(Task task) =>
        _ = task.ContinueWith(
            static (_, self) => ((WakeSignal)self!).Set(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Sleeps until it is set or the time is up. One caller at a time.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for no bound.</param>
    public ValueTask WaitAsync(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return default;
            }

            _core.Reset();
            _isWaiting = true;
        }

        var task = new ValueTask(this, _core.Version);
        _timer.Change(timeout < TimeSpan.FromMilliseconds(1) && timeout != Timeout.InfiniteTimeSpan ? TimeSpan.FromMilliseconds(1) : timeout, Timeout.InfiniteTimeSpan);
        return task;
    }

    public void Dispose() => _timer.Dispose();

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        lock (_gate)
        {
            _isSet = false;
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
