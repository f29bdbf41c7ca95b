using Spate.Coordination.Runtime;

namespace Spate.Coordination.Shares.State;

/// <summary>What the keeper of share groups' delivery state is held to.</summary>
public sealed record ShareStateOptions
{
    /// <summary>Partitions of __share_group_state. Kafka: <c>share.coordinator.state.topic.num.partitions</c>. Default 50.</summary>
    public int PartitionCount { get; init; } = 50;

    /// <summary>Updates of a share partition before all of its state is written again. Kafka: <c>share.coordinator.snapshot.update.records.per.snapshot</c>. Default 500.</summary>
    public int UpdatesPerSnapshot { get; init; } = 500;

    /// <summary>
    /// After what time without an update all that is known of a share partition is written again, where its last snapshot keeps others from being deleted. Kafka:
    /// <c>share.coordinator.cold.partition.snapshot.interval.ms</c>. Default 5 minutes.
    /// </summary>
    public TimeSpan ColdInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The bounds of each shard.</summary>
    public ShardOptions Shard { get; init; } = new();
}
