using Spate.Client.Consuming;

namespace Spate.Client.Hosting.Consuming;

/// <summary>How one member of a service's group is. Written by its loop, read by whoever asks.</summary>
internal sealed class ServiceMember(TimeProvider clock, TimeSpan failureLasts)
{
    private volatile Consumer? _consumer;
    private volatile Exception? _failure;
    private long _failedAt;

    public bool IsReading => _consumer is not null && Failure is null;

    /// <summary>Why it does not read; null when it does, or has not begun. A failure to read passes with the next record, or when no other has followed for long enough.</summary>
    public Exception? Failure => _failure is { } failure && (_consumer is null || clock.GetElapsedTime(Volatile.Read(ref _failedAt)) < failureLasts) ? failure : null;

    public long? Lag
    {
        get
        {
            if (_consumer is not { } consumer)
            {
                return null;
            }

            long? sum = null;
            foreach (var partition in consumer.Assignment)
            {
                try
                {
                    sum = consumer.Lag(partition) is { } lag ? (sum ?? 0) + lag : sum;
                }
                catch (InvalidOperationException)
                {
                    // The partition has gone to another member in between; it counts there.
                }
            }

            return sum;
        }
    }

    public void Begin(Consumer consumer) => _consumer = consumer;

    public void Fail(Exception failure)
    {
        Volatile.Write(ref _failedAt, clock.GetTimestamp());
        _failure = failure;
    }

    public void Recover() => _failure = null;

    public void End() => _consumer = null;
}
