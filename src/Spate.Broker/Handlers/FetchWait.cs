using System.Threading.Tasks.Sources;
using Spate.Broker.Partitions;

namespace Spate.Broker.Handlers;

/// <summary>
/// One fetch that found too little and waits: for an append to any of its partitions, for its time to be up, or for its client to go. It may
/// be woken many times; each <see cref="NextAsync"/> sees all wakes since the one before as one. One thread awaits it; any may wake it.
/// </summary>
internal sealed class FetchWait : IAppendWatcher, IValueTaskSource, IDisposable
{
    private readonly IReadOnlyList<Partition> _partitions;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _closed;
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private bool _woken;
    private bool _awaited;

    /// <summary>Begins to watch. The caller then looks at the partitions once more before it waits.</summary>
    public FetchWait(IReadOnlyList<Partition> partitions, TimeSpan time, TimeProvider clock, CancellationToken closed)
    {
        _partitions = partitions;
        foreach (var partition in partitions)
        {
            partition.Watch(this);
        }

        _timer = clock.CreateTimer(static state => ((FetchWait)state!).End(), this, time, Timeout.InfiniteTimeSpan);
        _closed = closed.UnsafeRegister(static state => ((FetchWait)state!).End(), this);
    }

    /// <summary>Whether the time is up or the client gone: the reply must leave with what there is.</summary>
    public bool IsOver { get; private set; }

    public void PartitionChanged() => Wake();

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
        foreach (var partition in _partitions)
        {
            partition.Unwatch(this);
        }

        _timer.Dispose();
        _closed.Dispose();
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

    private void Wake()
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
}
