using Spate.Coordination.Runtime;

namespace Spate.Coordination;

/// <summary>What groups and their offsets are held to. Defaults are Kafka's.</summary>
public sealed record GroupCoordinatorOptions
{
    /// <summary>
    /// Partitions of __consumer_offsets, from 1; groups are spread over them by name, so it must never change. offsets.topic.num.partitions.
    /// </summary>
    public int PartitionCount { get; init; } = 50;

    /// <summary>The shortest session timeout that a member may ask for. group.min.session.timeout.ms.</summary>
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    /// <summary>The longest session timeout that a member may ask for. group.max.session.timeout.ms.</summary>
    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    /// <summary>The most members of a group, from 1. group.max.size.</summary>
    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>
    /// How long the first round of an empty group waits for more members; each that comes prolongs the wait by as much, up to the members'
    /// rebalance timeout. Zero does not wait. group.initial.rebalance.delay.ms.
    /// </summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a member is kept whose first join has not been answered. It does not know its id yet, so it cannot send heartbeats, and a
    /// client that has gone away would otherwise be waited for until the round ends. Kafka's fixed 5 minutes.
    /// </summary>
    public TimeSpan NewMemberJoinTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest note that may go with a committed offset; in UTF-16 units, as Kafka counts it. offset.metadata.max.bytes.</summary>
    public int OffsetMetadataMaxLength { get; init; } = 4096;

    /// <summary>How long offsets are kept that nobody uses. offsets.retention.minutes.</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often offsets are looked over for such. offsets.retention.check.interval.ms.</summary>
    public TimeSpan OffsetsRetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What groups of the consumer protocol are held to besides.</summary>
    public ConsumerGroupOptions Consumer { get; init; } = new();

    /// <summary>What share groups are held to besides.</summary>
    public ShareGroupOptions Share { get; init; } = new();

    /// <summary>What streams groups are held to besides.</summary>
    public StreamsGroupOptions Streams { get; init; } = new();

    /// <summary>The bounds of each shard.</summary>
    public ShardOptions Shard { get; init; } = new();
}
