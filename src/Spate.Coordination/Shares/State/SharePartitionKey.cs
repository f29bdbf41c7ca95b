using Spate.Protocol;

namespace Spate.Coordination.Shares.State;

/// <summary>One partition as one share group sees it.</summary>
public readonly record struct SharePartitionKey(string GroupId, Uuid TopicId, int Partition)
{
    /// <summary>The name by which clients ask for the coordinator, and by which its partition of __share_group_state is found.</summary>
    public override string ToString() => $"{GroupId}:{TopicId}:{Partition}";
}
