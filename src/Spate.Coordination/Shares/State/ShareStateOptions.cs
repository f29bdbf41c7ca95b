using Spate.Coordination.Runtime;

namespace Spate.Coordination.Shares.State;

/// <summary>What the keeper of share groups' delivery state is held to.</summary>
public sealed record ShareStateOptions
{
    /// <summary>Partitions of __share_group_state. Kafka: <c>share.coordinator.state.topic.num.partitions</c>. Default 50.</summary>
    public int PartitionCount { get; init; } = 50;

    /// <summary>Updates of a share partition before all of its state is written again. Kafka: <c>share.coordinator.snapshot.update.records.per.snapshot</c>. Default 500.</summary>
    public int UpdatesPerSnapshot { get; init; } = 500;

    /// <summary>The bounds of each shard.</summary>
    public ShardOptions Shard { get; init; } = new();
}
