namespace Spate.Coordination.Groups.Streams;

/// <summary>Where a streams group stands. The names are what ListGroups and StreamsGroupDescribe call them.</summary>
internal enum StreamsGroupState
{
    /// <summary>No members; offsets, perhaps.</summary>
    Empty,

    /// <summary>The application cannot run with the topics that there are.</summary>
    NotReady,

    /// <summary>Something has changed, and no target assignment has been made for it yet.</summary>
    Assigning,

    /// <summary>There is a target assignment, and some members are on their way to it.</summary>
    Reconciling,

    /// <summary>All members have what they are to have.</summary>
    Stable,

    /// <summary>Removed.</summary>
    Dead,
}
