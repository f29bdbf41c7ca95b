namespace Spate.Client.Administration;

/// <summary>A group in detail.</summary>
/// <param name="GroupId">Its name.</param>
/// <param name="Type">What kind it is.</param>
/// <param name="State">How it stands.</param>
/// <param name="ProtocolType">What its members do: <c>consumer</c>, <c>connect</c> or another word of theirs; empty for a group that nobody joined.</param>
/// <param name="Assignor">What shares the partitions out among them, such as <c>range</c> or <c>uniform</c>; empty while nothing does.</param>
/// <param name="Coordinator">The id of the broker that coordinates it.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupDescription(
    string GroupId, GroupType Type, GroupState State, string ProtocolType, string Assignor, int Coordinator, IReadOnlyList<GroupMemberDescription> Members)
{
    /// <summary>Counts the changes of what is to be assigned (KIP-848); null in a classic group.</summary>
    public int? Epoch { get; init; }

    /// <summary>The epoch that the assignment is of (KIP-848); null in a classic group.</summary>
    public int? AssignmentEpoch { get; init; }

    /// <summary>The parts of the application's topology (KIP-1071), which tell what its tasks read; null in a group of another kind, and while the group has no topology.</summary>
    public IReadOnlyList<StreamsSubtopology>? Subtopologies { get; init; }

    /// <summary>What this client may do to the group (KIP-430), in the order of the operations' numbers; null from a broker that does not tell (before Kafka 2.3).</summary>
    public IReadOnlyList<AclOperation>? AuthorizedOperations { get; init; }
}
