namespace Spate.Broker.Network;

/// <summary>
/// Says how long a new connection has to wait so that no more than so many are let in within a second. What was not used counts for one
/// second, so a burst of a second's worth goes through at once. Used under its owner's lock.
/// </summary>
internal sealed class CreationRate(TimeProvider time)
{
    private const int Unbounded = int.MaxValue;
    private long _next = long.MinValue;

    /// <summary>Counts one connection and says how long it has to wait.</summary>
    /// <param name="perSecondMax">From 1.</param>
    public TimeSpan Take(int perSecondMax)
    {
        if (perSecondMax == Unbounded)
        {
            return TimeSpan.Zero;
        }

        var now = time.GetTimestamp();
        var step = time.TimestampFrequency / perSecondMax;
        var turn = Math.Max(_next, now - time.TimestampFrequency + step);
        _next = turn + step;
        return turn > now ? time.GetElapsedTime(now, turn) : TimeSpan.Zero;
    }
}
