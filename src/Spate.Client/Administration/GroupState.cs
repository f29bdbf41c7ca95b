namespace Spate.Client.Administration;

/// <summary>How a group stands.</summary>
public enum GroupState
{
    /// <summary>A state that is not told (before Kafka 2.6), or that this client does not know.</summary>
    Unknown = 0,

    /// <summary>It has offsets, and no members.</summary>
    Empty,

    /// <summary>Its members are asked to join anew.</summary>
    PreparingRebalance,

    /// <summary>Its members wait for what the leading one assigns.</summary>
    CompletingRebalance,

    /// <summary>Every member has what is assigned to it.</summary>
    Stable,

    /// <summary>It is gone, or about to go.</summary>
    Dead,

    /// <summary>The coordinator works out a new assignment (KIP-848).</summary>
    Assigning,

    /// <summary>Members give up and take over partitions (KIP-848).</summary>
    Reconciling,

    /// <summary>It cannot work yet: topics that it needs are missing or wrong (KIP-1071).</summary>
    NotReady,
}
