namespace Spate.Coordination.Shares.Partitions;

/// <summary>Why records are given up.</summary>
public enum DeadLetterReason
{
    /// <summary>A member rejected them.</summary>
    Rejected,

    /// <summary>They were delivered as often as the group allows, and nobody accepted them.</summary>
    DeliveriesUsedUp,
}
