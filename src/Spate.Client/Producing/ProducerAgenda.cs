namespace Spate.Client.Producing;

/// <summary>When the sender's loop has to look again, gathered while it looks. Belongs to the loop.</summary>
internal sealed class ProducerAgenda(TimeProvider clock)
{
    private long _due = long.MaxValue;

    /// <summary>The clock's timestamp at which this look began.</summary>
    public long Now { get; private set; }

    /// <summary>How long the loop may sleep.</summary>
    public TimeSpan Wait => _due == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : clock.GetElapsedTime(clock.GetTimestamp(), _due) is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1);

    public void Begin()
    {
        Now = clock.GetTimestamp();
        _due = long.MaxValue;
    }

    public void ComeBackAt(long timestamp) => _due = Math.Min(_due, timestamp);

    public void ComeBackAfter(TimeSpan time) => ComeBackAt(Now + Ticks(time));

    /// <summary>A time as the clock's timestamps count it.</summary>
    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
