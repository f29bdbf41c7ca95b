using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>A member of a classic group as the one that leads it sees it.</summary>
/// <param name="Id">The member's id.</param>
/// <param name="Topics">What it subscribes to.</param>
public sealed record GroupMember(string Id, IReadOnlyCollection<string> Topics)
{
    /// <summary>The order in which members are dealt with: static ones by their names, then the others by their ids, as all assignors of Kafka have it.</summary>
    public static IComparer<GroupMember> Order { get; } = Comparer<GroupMember>.Create(static (left, right) => (left.InstanceId, right.InstanceId) switch
    {
        ({ } one, { } other) => string.CompareOrdinal(one, other),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(left.Id, right.Id),
    });

    /// <summary>The name of a static member, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The partitions that it says it has: none when it gave everything up before the rebalance.</summary>
    public IReadOnlyList<TopicPartition> Owned { get; init; } = [];

    /// <summary>The generation in which it got them; -1 when it does not say.</summary>
    public int Generation { get; init; } = -1;

    /// <summary>Its rack, or null.</summary>
    public string? Rack { get; init; }

    /// <summary>What its assignor said, or null.</summary>
    public ReadOnlyMemory<byte>? Said { get; init; }
}
