namespace Spate.Coordination.Shares.Partitions;

/// <summary>Neighbouring offsets of which the same is known. Touched by its <see cref="SharePartition"/> only.</summary>
internal sealed class DeliveryRun(long first, long last, DeliveryState state, short deliveryCount)
{
    public long First { get; set; } = first;

    public long Last { get; set; } = last;

    public DeliveryState State { get; private set; } = state;

    /// <summary>How many times the records have been delivered so far.</summary>
    public short DeliveryCount { get; private set; } = deliveryCount;

    /// <summary>Who holds the records; null when nobody does.</summary>
    public string? MemberId { get; private set; }

    /// <summary>When the lock ends.</summary>
    public long LockedUntilMs { get; set; }

    /// <summary>The change that is being written down; until it has been, nothing else may become of the records.</summary>
    public ShareStateChange? Change { get; private set; }

    /// <summary>What <see cref="Change"/> makes of the records.</summary>
    public (DeliveryState State, short DeliveryCount) Next { get; private set; }

    public long Count => Last - First + 1;

    /// <summary>Nothing can become of the records any more.</summary>
    public bool IsFinished => State is DeliveryState.Acknowledged or DeliveryState.Archived;

    /// <summary>Free to be handed out.</summary>
    public bool IsDeliverable => State == DeliveryState.Available && Change is null;

    /// <summary>Nothing can become of the records any more once <paramref name="change"/> is written down.</summary>
    public bool IsFinishedAfter(ShareStateChange? change) =>
        IsFinished || (change is not null && Change == change && Next.State is DeliveryState.Acknowledged or DeliveryState.Archived);

    public bool IsHeldBy(string memberId) => State == DeliveryState.Acquired && Change is null && MemberId == memberId;

    public void Acquire(string memberId, long lockedUntilMs)
    {
        State = DeliveryState.Acquired;
        DeliveryCount = (short)Math.Min(short.MaxValue, DeliveryCount + 1);
        MemberId = memberId;
        LockedUntilMs = lockedUntilMs;
    }

    public void Become(DeliveryState state, short deliveryCount)
    {
        State = state;
        DeliveryCount = deliveryCount;
        MemberId = null;
        Change = null;
    }

    public void Stage(ShareStateChange change, DeliveryState state, short deliveryCount)
    {
        Change = change;
        Next = (state, deliveryCount);
    }

    public void Unstage() => Change = null;

    /// <summary>Parts with the offsets from <paramref name="first"/> on: a run of their own, of which the same is known.</summary>
    public DeliveryRun SplitAt(long first)
    {
        var rest = new DeliveryRun(first, Last, State, DeliveryCount) { MemberId = MemberId, LockedUntilMs = LockedUntilMs, Change = Change, Next = Next };
        Last = first - 1;
        return rest;
    }

    /// <summary>Whether the same is known of both, so that they can be one. How often finished records were delivered is of no interest.</summary>
    public bool Resembles(DeliveryRun other) =>
        State == other.State && Change is null && other.Change is null && MemberId == other.MemberId
        && (State != DeliveryState.Acquired || LockedUntilMs == other.LockedUntilMs)
        && (IsFinished || DeliveryCount == other.DeliveryCount);
}
