using System.Threading.Tasks.Sources;

namespace Spate.Broker.Fetching;

/// <summary>
/// One fetch that found too little and waits: for a change of any of its partitions, for its time to be up, for its client to go, or for the
/// broker to stop. It may be woken many times; each <see cref="NextAsync"/> sees all wakes since the one before as one. One thread awaits it; any may wake it.
/// </summary>
internal sealed class FetchWait : IValueTaskSource, IDisposable
{
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _closed;
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _woken;
    private bool _awaited;

    /// <param name="time">How long at the most.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="closed">Cancelled when the client goes.</param>
    /// <param name="stopping">Cancelled when the broker stops and answers with what there is.</param>
    public FetchWait(TimeSpan time, TimeProvider clock, CancellationToken closed, CancellationToken stopping)
    {
        _timer = clock.CreateTimer(static state => ((FetchWait)state!).End(), this, time, Timeout.InfiniteTimeSpan);
        _closed = closed.UnsafeRegister(static state => ((FetchWait)state!).End(), this);
        _stopping = stopping.UnsafeRegister(static state => ((FetchWait)state!).End(), this);
    }

    /// <summary>Whether the time is up, the client gone or the broker about to stop: the reply must leave with what there is.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Has whoever waits, or the next to wait, look again.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (!_awaited)
            {
                _woken = true;
                return;
            }

            _awaited = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Completes at the next wake, or at once when there was one since the last.</summary>
    public ValueTask NextAsync()
    {
        lock (_lock)
        {
            if (_woken)
            {
                _woken = false;
                return ValueTask.CompletedTask;
            }

            _awaited = true;
            _source.Reset();
            return new ValueTask(this, _source.Version);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _closed.Dispose();
        _stopping.Dispose();
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void End()
    {
        lock (_lock)
        {
            IsOver = true;
        }

        Wake();
    }
}
