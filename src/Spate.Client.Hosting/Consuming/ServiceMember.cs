namespace Spate.Client.Hosting.Consuming;

/// <summary>How one member of a service's group is. Written by its loop, read by whoever asks.</summary>
internal sealed class ServiceMember(TimeProvider clock, TimeSpan failureLasts)
{
    private volatile Func<long?>? _lag;
    private volatile Exception? _failure;
    private long _failedAt;

    public bool IsReading => _lag is not null && Failure is null;

    /// <summary>Why it does not read; null when it does, or has not begun. A failure to read passes with the next record, or when no other has followed for long enough.</summary>
    public Exception? Failure => _failure is { } failure && (_lag is null || clock.GetElapsedTime(Volatile.Read(ref _failedAt)) < failureLasts) ? failure : null;

    /// <summary>How far behind it is; null when that is not known, or it does not read.</summary>
    public long? Lag => _lag?.Invoke();

    /// <summary>It reads from now on.</summary>
    /// <param name="lag">Says how far behind it is; null where that is not known.</param>
    public void Begin(Func<long?> lag) => _lag = lag;

    public void Fail(Exception failure)
    {
        Volatile.Write(ref _failedAt, clock.GetTimestamp());
        _failure = failure;
    }

    public void Recover() => _failure = null;

    public void End() => _lag = null;
}
