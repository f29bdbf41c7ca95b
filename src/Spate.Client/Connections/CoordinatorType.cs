namespace Spate.Client.Connections;

/// <summary>What a coordinator looks after, by Kafka's numbers.</summary>
internal enum CoordinatorType : sbyte
{
    /// <summary>A group, of any kind, by its name.</summary>
    Group = 0,

    /// <summary>A transactional id.</summary>
    Transaction = 1,

    /// <summary>The state of a share group's partition (KIP-932), as <c>group:topicId:partition</c>.</summary>
    Share = 2,
}
