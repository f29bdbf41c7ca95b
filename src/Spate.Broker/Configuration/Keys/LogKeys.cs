namespace Spate.Broker.Configuration.Keys;

/// <summary>Topics that are made, and the logs of all of them together. What holds for each topic's logs is declared with the topics' settings.</summary>
public static class LogKeys
{
    public static ConfigKey<int> NumPartitions { get; } = ConfigKey.Int(
        "num.partitions", 1, 1, int.MaxValue, "Partitions of a topic that is created without a number.");

    public static ConfigKey<int> DefaultReplicationFactor { get; } = ConfigKey.Int(
        "default.replication.factor", 1, 1, short.MaxValue, "Replicas of a topic that is created without a number.");

    public static ConfigKey<bool> AutoCreateTopics { get; } = ConfigKey.Flag(
        "auto.create.topics.enable", true, "Whether asking for a topic that is not there creates it.");

    public static ConfigKey<bool> DeleteTopics { get; } = ConfigKey.Flag(
        "delete.topic.enable", true, "Whether topics can be deleted by request.");

    public static ConfigKey<long> MoveMaxBytesPerSecond { get; } = ConfigKey.Long(
        "replica.alter.log.dirs.io.max.bytes.per.second", long.MaxValue, 1, long.MaxValue,
        "The most that logs which move between directories write in a second, all together, in bytes.", ConfigUpdate.ClusterWide);

    public static ConfigKey<int?> MoveThreads { get; } = ConfigKey.OptionalInt(
        "num.replica.alter.log.dirs.threads", 1, "Logs that are copied to another directory at the same time; by default as many as there are directories.");

    public static ConfigKey<int> RecoveryThreadsPerDirectory { get; } = ConfigKey.Int(
        "num.recovery.threads.per.data.dir", 2, 1, 1024,
        "Threads for each directory that open logs at the start and close them at the end; the default is Kafka's since version 4.0. A change holds from the next start on.",
        ConfigUpdate.ClusterWide);

    public static ConfigKey<long> RetentionCheckIntervalMs { get; } = ConfigKey.Long(
        "log.retention.check.interval.ms", 300000, 1, long.MaxValue, "How often logs are looked over for segments to delete, in milliseconds.");

    public static ConfigKey<int> RecoveryPointCheckpointIntervalMs { get; } = ConfigKey.Int(
        "log.flush.offset.checkpoint.interval.ms", 60000, 1, int.MaxValue, "How often it is written down up to where logs are on the disk, in milliseconds.");

    public static ConfigKey<int> StartOffsetCheckpointIntervalMs { get; } = ConfigKey.Int(
        "log.flush.start.offset.checkpoint.interval.ms", 60000, 1, int.MaxValue, "How often it is written down where logs begin, in milliseconds.");

    public static ConfigKey<long> HighWatermarkCheckpointIntervalMs { get; } = ConfigKey.Long(
        "replica.high.watermark.checkpoint.interval.ms", 5000, 1, long.MaxValue, "How often high watermarks are written down, in milliseconds.");

    public static ConfigKey<int> ProducerIdExpirationMs { get; } = ConfigKey.Int(
        "producer.id.expiration.ms", 86400000, 1, int.MaxValue, "How long a partition remembers an idle producer, in milliseconds.", ConfigUpdate.ClusterWide);

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        NumPartitions, DefaultReplicationFactor, AutoCreateTopics, DeleteTopics, RecoveryThreadsPerDirectory, RetentionCheckIntervalMs,
        MoveMaxBytesPerSecond, MoveThreads, RecoveryPointCheckpointIntervalMs, StartOffsetCheckpointIntervalMs, HighWatermarkCheckpointIntervalMs, ProducerIdExpirationMs,
    ];
}
