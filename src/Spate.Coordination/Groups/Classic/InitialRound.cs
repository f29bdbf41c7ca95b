namespace Spate.Coordination.Groups.Classic;

/// <summary>The first round of an empty group: it waits a while, and longer as long as members keep coming.</summary>
internal sealed class InitialRound(TimeSpan remaining)
{
    /// <summary>How much longer the round may be prolonged.</summary>
    public TimeSpan Remaining { get; private set; } = remaining;

    /// <summary>Somebody has come since the present wait began.</summary>
    public bool HasGrown { get; set; }

    /// <summary>The next wait; null when it is time to complete the round.</summary>
    public TimeSpan? Prolong(TimeSpan delay)
    {
        if (!HasGrown || Remaining <= TimeSpan.Zero)
        {
            return null;
        }

        HasGrown = false;
        var next = delay < Remaining ? delay : Remaining;
        Remaining -= next;
        return next;
    }
}
