namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Decides which member of a group is to read which partition. A pure function: the same question has the same answer, whoever asks. Every
/// partition of a topic that somebody subscribes to goes to exactly one of those who do.
/// </summary>
internal interface IPartitionAssignor
{
    /// <summary>What clients and settings call it.</summary>
    string Name { get; }

    /// <summary>The partitions of each member, in the order of the members.</summary>
    PartitionSet[] Assign(AssignmentQuestion question);
}
