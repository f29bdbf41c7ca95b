namespace Spate.Coordination.Runtime;

/// <summary>One replay of a log into an empty state, and the promise that the shard will serve.</summary>
internal sealed class ShardReplay : IDisposable
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancellation = new();
    private bool _isOver;

    public ShardReplay(int epoch, ICoordinatorLog log)
        : this(epoch, log, failures: 0)
    {
    }

    private ShardReplay(int epoch, ICoordinatorLog log, int failures)
    {
        Epoch = epoch;
        Log = log;
        Failures = failures;
    }

    public int Epoch { get; }

    public ICoordinatorLog Log { get; }

    /// <summary>How many replays before this one have failed, one after the other.</summary>
    public int Failures { get; }

    /// <summary>Completes when the shard serves.</summary>
    public Task Task => _done.Task;

    /// <summary>The same once more, for a shard that was broken.</summary>
    public ShardReplay Again() => new(Epoch, Log, failures: 0);

    /// <summary>The same once more, because this one has failed.</summary>
    public ShardReplay AfterFailure() => new(Epoch, Log, Failures + 1);

    /// <summary>Replays.</summary>
    /// <param name="after">What to wait for before reading.</param>
    /// <param name="state">The empty state.</param>
    /// <param name="finished">Told at the end what went wrong, or null.</param>
    public void Start(Task after, ICoordinatorState state, Action<Exception?> finished) => _ = RunAsync(after, state, finished);

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception failure)
    {
        _done.TrySetException(failure);
        _ = _done.Task.Exception; // The failure has been logged; whether the caller also looks at the task is the caller's affair.
    }

    /// <summary>The shard is given up, or taken over anew. Harmless when the replay has finished.</summary>
    public void Cancel()
    {
        _done.TrySetCanceled();
        if (!_isOver)
        {
            _cancellation.Cancel();
        }
    }

    /// <summary>The replay is over, or will never begin.</summary>
    public void Dispose()
    {
        _isOver = true;
        _cancellation.Dispose();
    }

    private async Task RunAsync(Task after, ICoordinatorState state, Action<Exception?> finished)
    {
        Exception? failure = null;
        try
        {
            await after;
            await foreach (var entry in Log.ReadAsync(_cancellation.Token))
            {
                _cancellation.Token.ThrowIfCancellationRequested();
                entry.ApplyTo(state);
            }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        finished(failure);
    }
}
