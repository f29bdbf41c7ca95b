namespace Spate.Broker.Configuration.Keys;

/// <summary>Groups of consumers and the topic that keeps their state.</summary>
public static class GroupKeys
{
    public static ConfigKey<int> OffsetsTopicPartitions { get; } = ConfigKey.Int(
        "offsets.topic.num.partitions", 50, 1, 100000, "Partitions of the topic that keeps the state of groups; fixed once that topic is there.");

    public static ConfigKey<int> OffsetsTopicSegmentBytes { get; } = ConfigKey.Int(
        "offsets.topic.segment.bytes", 104857600, 1_048_576, int.MaxValue, "Bytes of a segment of the topic that keeps the state of groups; the least is that of every topic.");

    public static ConfigKey<int> OffsetMetadataMaxBytes { get; } = ConfigKey.Int(
        "offset.metadata.max.bytes", 4096, 0, int.MaxValue, "The longest note that may go with a committed offset, in bytes.");

    public static ConfigKey<int> InitialRebalanceDelayMs { get; } = ConfigKey.Int(
        "group.initial.rebalance.delay.ms", 3000, 0, int.MaxValue, "How long a new group waits for more members before it first assigns partitions, in milliseconds.");

    public static ConfigKey<int> MinSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.min.session.timeout.ms", 6000, 0, int.MaxValue, "The shortest session timeout that a member may ask for, in milliseconds.");

    public static ConfigKey<int> MaxSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.max.session.timeout.ms", 1800000, 0, int.MaxValue, "The longest session timeout that a member may ask for, in milliseconds.");

    public static ConfigKey<int> MaxSize { get; } = ConfigKey.Int(
        "group.max.size", int.MaxValue, 1, int.MaxValue, "The most members that a group may have.");

    public static ConfigKey<int> OffsetsRetentionMinutes { get; } = ConfigKey.Int(
        "offsets.retention.minutes", 10080, 1, int.MaxValue, "How long an empty group keeps its offsets, in minutes.");

    public static ConfigKey<long> OffsetsRetentionCheckIntervalMs { get; } = ConfigKey.Long(
        "offsets.retention.check.interval.ms", 600000, 1, long.MaxValue, "How often groups are looked over for offsets that have expired, in milliseconds.");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        OffsetsTopicPartitions, OffsetsTopicSegmentBytes, OffsetMetadataMaxBytes, InitialRebalanceDelayMs, MinSessionTimeoutMs, MaxSessionTimeoutMs,
        MaxSize, OffsetsRetentionMinutes, OffsetsRetentionCheckIntervalMs,
    ];
}
