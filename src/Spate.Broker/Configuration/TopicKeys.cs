namespace Spate.Broker.Configuration;

/// <summary>The settings of topics, each declared once with the broker-wide name that gives its default.</summary>
public static class TopicKeys
{
    private const long DayMs = 86_400_000;

    private static readonly string[] Policies = ["delete", "compact"];
    private static readonly string[] Codecs = ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"];
    private static readonly string[] TimestampTypes = ["CreateTime", "LogAppendTime"];

    public static TopicKey<IReadOnlyList<string>> CleanupPolicy { get; } = Pair("cleanup.policy", "log.cleanup.policy", name =>
        ConfigKey.List(name, "delete", Policies, "What becomes of old segments: deleted, compacted to the last value of each key, both, or, when empty, kept."));

    public static TopicKey<string> CompressionType { get; } = Pair("compression.type", "compression.type", name =>
        ConfigKey.OneOf(name, "producer", Codecs, "The codec in which batches are stored; 'producer' keeps the one they came in."));

    public static TopicKey<int> CompressionGzipLevel { get; } = Pair("compression.gzip.level", "compression.gzip.level", name =>
        ConfigKey.Int(name, -1, -1, 9, "How hard gzip tries where the broker compresses, from 1 to 9; -1 is its own default."));

    public static TopicKey<int> CompressionLz4Level { get; } = Pair("compression.lz4.level", "compression.lz4.level", name =>
        ConfigKey.Int(name, 9, 1, 17, "How hard lz4 tries where the broker compresses."));

    public static TopicKey<int> CompressionZstdLevel { get; } = Pair("compression.zstd.level", "compression.zstd.level", name =>
        ConfigKey.Int(name, 3, -131072, 22, "How hard zstd tries where the broker compresses."));

    public static TopicKey<long> DeleteRetentionMs { get; } = Pair("delete.retention.ms", "log.cleaner.delete.retention.ms", name =>
        ConfigKey.Long(name, DayMs, 0, long.MaxValue, "How long a compacted topic keeps a tombstone after it was cleaned, in milliseconds."));

    public static TopicKey<long> FileDeleteDelayMs { get; } = Pair("file.delete.delay.ms", "log.segment.delete.delay.ms", name =>
        ConfigKey.Long(name, 60_000, 0, long.MaxValue, "How long the files of a deleted segment stay on disk for readers that still hold them, in milliseconds."));

    public static TopicKey<long> FlushMessages { get; } = Pair("flush.messages", "log.flush.interval.messages", name =>
        ConfigKey.Long(name, long.MaxValue, 1, long.MaxValue, "Records after which the log is flushed to the disk. With 1 a record is acknowledged only once it is on the disk; one flush serves all who wait."));

    public static TopicKey<long> IndexIntervalBytes { get; } = Pair("index.interval.bytes", "log.index.interval.bytes", name =>
        ConfigKey.Long(name, 4096, 0, int.MaxValue, "Bytes of log between two entries of its indexes."));

    public static TopicKey<long> MaxCompactionLagMs { get; } = Pair("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", name =>
        ConfigKey.Long(name, long.MaxValue, 1, long.MaxValue, "How long a record may stay uncompacted, in milliseconds."));

    public static TopicKey<int> MaxMessageBytes { get; } = Pair("max.message.bytes", "message.max.bytes", name =>
        ConfigKey.Int(name, 1_048_588, 0, int.MaxValue, "The largest batch that is taken, in bytes as stored."));

    public static TopicKey<long> MessageTimestampAfterMaxMs { get; } = Pair("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", name =>
        ConfigKey.Long(name, 3_600_000, 0, long.MaxValue, "How far a record's timestamp may lie ahead of the broker's clock, in milliseconds."));

    public static TopicKey<long> MessageTimestampBeforeMaxMs { get; } = Pair("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", name =>
        ConfigKey.Long(name, long.MaxValue, 0, long.MaxValue, "How far a record's timestamp may lie behind the broker's clock, in milliseconds."));

    public static TopicKey<string> MessageTimestampType { get; } = Pair("message.timestamp.type", "log.message.timestamp.type", name =>
        ConfigKey.OneOf(name, "CreateTime", TimestampTypes, "Whether records keep their producer's timestamp or get the broker's."));

    public static TopicKey<double> MinCleanableDirtyRatio { get; } = Pair("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", name =>
        ConfigKey.Real(name, 0.5, 0, 1, "The share of a log that must be uncleaned before it is compacted."));

    public static TopicKey<long> MinCompactionLagMs { get; } = Pair("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", name =>
        ConfigKey.Long(name, 0, 0, long.MaxValue, "How long a record stays uncompacted at the least, in milliseconds."));

    public static TopicKey<int> MinInsyncReplicas { get; } = Pair("min.insync.replicas", "min.insync.replicas", name =>
        ConfigKey.Int(name, 1, 1, int.MaxValue, "Replicas that must have a record before a producer with acks=all is answered."));

    public static TopicKey<long> RetentionBytes { get; } = Pair("retention.bytes", "log.retention.bytes", name =>
        ConfigKey.Long(name, -1, -1, long.MaxValue, "The size to which a partition's old segments are deleted, in bytes; -1 sets no bound."));

    public static TopicKey<int> SegmentBytes { get; } = Pair("segment.bytes", "log.segment.bytes", name =>
        ConfigKey.Int(name, 1_073_741_824, 1_048_576, int.MaxValue, "The size at which a new segment is begun, in bytes."));

    public static TopicKey<int> SegmentIndexBytes { get; } = Pair("segment.index.bytes", "log.index.size.max.bytes", name =>
        ConfigKey.Int(name, 10_485_760, 4, int.MaxValue, "The largest size of a segment's index, in bytes; a full one begins a new segment."));

    /// <summary>Durations whose broker-wide names come in several units; null where a topic does not say.</summary>
    public static ConfigKey<long?> FlushMs { get; } = ConfigKey.OptionalLong("flush.ms", 0, "Milliseconds after which the log is flushed to the disk.");

    public static ConfigKey<long?> RetentionMs { get; } = ConfigKey.OptionalLong("retention.ms", -1, "How long records are kept, in milliseconds; -1 for ever.");

    public static ConfigKey<long?> SegmentMs { get; } = ConfigKey.OptionalLong("segment.ms", 1, "The age at which a new segment is begun, in milliseconds.");

    public static ConfigKey<long?> SegmentJitterMs { get; } = ConfigKey.OptionalLong("segment.jitter.ms", 0, "The most by which a segment's age is shortened at random, in milliseconds, so that not all roll at once.");

    public static ConfigKey<long?> LogFlushIntervalMs { get; } = ConfigKey.OptionalLong("log.flush.interval.ms", 0, "The default of flush.ms.");

    public static ConfigKey<long?> LogRetentionMs { get; } = ConfigKey.OptionalLong("log.retention.ms", -1, "The default of retention.ms; wins over the minutes and the hours.");

    public static ConfigKey<long?> LogRetentionMinutes { get; } = ConfigKey.OptionalLong("log.retention.minutes", -1, "The default of retention.ms, in minutes; wins over the hours.");

    public static ConfigKey<int> LogRetentionHours { get; } = ConfigKey.Int("log.retention.hours", 168, -1, int.MaxValue, "The default of retention.ms, in hours.");

    public static ConfigKey<long?> LogRollMs { get; } = ConfigKey.OptionalLong("log.roll.ms", 1, "The default of segment.ms; wins over the hours.");

    public static ConfigKey<int> LogRollHours { get; } = ConfigKey.Int("log.roll.hours", 168, 1, int.MaxValue, "The default of segment.ms, in hours.");

    public static ConfigKey<long?> LogRollJitterMs { get; } = ConfigKey.OptionalLong("log.roll.jitter.ms", 0, "The default of segment.jitter.ms; wins over the hours.");

    public static ConfigKey<int> LogRollJitterHours { get; } = ConfigKey.Int("log.roll.jitter.hours", 0, 0, int.MaxValue, "The default of segment.jitter.ms, in hours.");

    /// <summary>What a topic may set.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        CleanupPolicy.Topic, CompressionType.Topic, CompressionGzipLevel.Topic, CompressionLz4Level.Topic, CompressionZstdLevel.Topic,
        DeleteRetentionMs.Topic, FileDeleteDelayMs.Topic, FlushMessages.Topic, FlushMs, IndexIntervalBytes.Topic, MaxCompactionLagMs.Topic,
        MaxMessageBytes.Topic, MessageTimestampAfterMaxMs.Topic, MessageTimestampBeforeMaxMs.Topic, MessageTimestampType.Topic,
        MinCleanableDirtyRatio.Topic, MinCompactionLagMs.Topic, MinInsyncReplicas.Topic, RetentionBytes.Topic, RetentionMs,
        SegmentBytes.Topic, SegmentIndexBytes.Topic, SegmentMs, SegmentJitterMs,
    ];

    /// <summary>The broker-wide names.</summary>
    public static IReadOnlyList<ConfigKey> BrokerDefaults { get; } =
    [
        CleanupPolicy.Broker, CompressionType.Broker, CompressionGzipLevel.Broker, CompressionLz4Level.Broker, CompressionZstdLevel.Broker,
        DeleteRetentionMs.Broker, FileDeleteDelayMs.Broker, FlushMessages.Broker, IndexIntervalBytes.Broker, MaxCompactionLagMs.Broker,
        MaxMessageBytes.Broker, MessageTimestampAfterMaxMs.Broker, MessageTimestampBeforeMaxMs.Broker, MessageTimestampType.Broker,
        MinCleanableDirtyRatio.Broker, MinCompactionLagMs.Broker, MinInsyncReplicas.Broker, RetentionBytes.Broker, SegmentBytes.Broker,
        SegmentIndexBytes.Broker, LogFlushIntervalMs, LogRetentionMs, LogRetentionMinutes, LogRetentionHours, LogRollMs, LogRollHours,
        LogRollJitterMs, LogRollJitterHours,
    ];

    private static TopicKey<T> Pair<T>(string topic, string broker, Func<string, ConfigKey<T>> declare) => new(declare(topic), declare(broker));
}
