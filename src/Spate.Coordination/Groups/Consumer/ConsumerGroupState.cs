namespace Spate.Coordination.Groups.Consumer;

/// <summary>Where a group of the consumer protocol stands. The names are what ListGroups and ConsumerGroupDescribe call them.</summary>
internal enum ConsumerGroupState
{
    /// <summary>No members; offsets, perhaps.</summary>
    Empty,

    /// <summary>Something has changed, and no target assignment has been made for it yet.</summary>
    Assigning,

    /// <summary>There is a target assignment, and some members are on their way to it.</summary>
    Reconciling,

    /// <summary>All members have what they are to have.</summary>
    Stable,

    /// <summary>Removed.</summary>
    Dead,
}
