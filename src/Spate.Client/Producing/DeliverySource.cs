using System.Threading.Tasks.Sources;

namespace Spate.Client.Producing;

/// <summary>Completes the task of one awaited record, and is then used for another. The task may be awaited once.</summary>
internal sealed class DeliverySource(BoundedPool<DeliverySource> pool) : IValueTaskSource<RecordMetadata>
{
    private ManualResetValueTaskSourceCore<RecordMetadata> _core = new() { RunContinuationsAsynchronously = true };

    public ValueTask<RecordMetadata> Task => new(this, _core.Version);

    public void Complete(in DeliveryReport report)
    {
        if (report.Error is { } error)
        {
            _core.SetException(error);
        }
        else
        {
            _core.SetResult(report.Record);
        }
    }

    /// <summary>Gives it back without its ever having been completed: nobody has its task.</summary>
    public void Abandon() => pool.Return(this);

    RecordMetadata IValueTaskSource<RecordMetadata>.GetResult(short token)
    {
        // Whoever asks too early, or again, must not have it used for another record meanwhile: its token is refused, and it stays as it is.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The record is not delivered yet: await the task, or turn it into a Task with AsTask, instead of asking for its result.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            pool.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RecordMetadata>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<RecordMetadata>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
