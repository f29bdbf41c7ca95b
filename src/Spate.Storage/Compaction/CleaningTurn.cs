using Spate.Protocol;

namespace Spate.Storage.Compaction;

/// <summary>The right to clean a log, until it is disposed. Safe for use by several threads at once.</summary>
internal sealed class CleaningTurn : IDisposable
{
    private readonly CleaningTurns _owner;
    private readonly TopicPartition _partition;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _isDisposed;

    public CleaningTurn(CleaningTurns owner, TopicPartition partition, CancellationToken cancellationToken)
    {
        _owner = owner;
        _partition = partition;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Stopping = _stopping.Token;
    }

    /// <summary>Cancelled when the log is paused or the cleaner stops.</summary>
    public CancellationToken Stopping { get; }

    public Task Ended => _ended.Task;

    public void Stop()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _stopping.Cancel();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _stopping.Dispose();
        }

        _owner.End(_partition);
        _ended.TrySetResult();
    }
}
