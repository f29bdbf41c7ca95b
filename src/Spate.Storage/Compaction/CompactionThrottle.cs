namespace Spate.Storage.Compaction;

/// <summary>
/// Holds all cleaners together to <c>log.cleaner.io.max.bytes.per.second</c>, reads and writes added up. Who has moved bytes waits until they are
/// paid for; what was left unused before does not count. Safe for use by several threads at once.
/// </summary>
internal sealed class CompactionThrottle(TimeProvider time, double bytesPerSecond)
{
    // A wait that is shorter would be longer by the timer's own grain: it is left to the next one.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private double _bytesPerSecond = bytesPerSecond;
    private TimeSpan _paidUntil;

    /// <summary>Above 0; may be changed at any time.</summary>
    public double BytesPerSecond
    {
        get => Volatile.Read(ref _bytesPerSecond);
        set => Volatile.Write(ref _bytesPerSecond, value);
    }

    /// <summary>Waits until so many bytes are paid for.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask PayAsync(long bytes, CancellationToken cancellationToken)
    {
        var seconds = bytes / BytesPerSecond;
        if (seconds < 1e-9)
        {
            return ValueTask.CompletedTask;
        }

        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_start);
            var from = _paidUntil > now ? _paidUntil : now;
            _paidUntil = from + TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
            wait = _paidUntil - now;
        }

        return wait < ShortestWait ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, time, cancellationToken));
    }
}
