using System.Collections.Frozen;

namespace Spate.Broker.Configuration;

/// <summary>The settings of topics, each declared once with the broker-wide name that gives its default.</summary>
public static class TopicKeys
{
    private const long DayMs = 86_400_000;
    private const ConfigUpdate Live = ConfigUpdate.ClusterWide;
    private const string NoReplicas = "Replication comes with a later version, and this with it.";
    private const string NoRemote = "Remote storage comes with a later version; every segment stays on this machine.";

    private static readonly string[] Policies = ["delete", "compact"];
    private static readonly string[] Codecs = ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"];
    private static readonly string[] TimestampTypes = ["CreateTime", "LogAppendTime"];

    // Filled while the keys below are declared, and so declared before them.
    private static readonly Dictionary<string, string> BrokerNames = new(StringComparer.Ordinal);

    public static TopicKey<IReadOnlyList<string>> CleanupPolicy { get; } = Pair("cleanup.policy", "log.cleanup.policy", name =>
        ConfigKey.List(name, "delete", Policies, "What becomes of old segments: deleted, compacted to the last value of each key, both, or, when empty, kept.", Live));

    public static TopicKey<string> CompressionType { get; } = Pair("compression.type", "compression.type", name =>
        ConfigKey.OneOf(name, "producer", Codecs, "The codec in which batches are stored; 'producer' keeps the one they came in.", Live));

    public static TopicKey<int> CompressionGzipLevel { get; } = Pair("compression.gzip.level", "compression.gzip.level", name =>
        ConfigKey.PositiveOrMinusOne(name, 9, "How hard gzip tries where the broker compresses, from 1 to 9; -1 is its own default.", Live));

    public static TopicKey<int> CompressionLz4Level { get; } = Pair("compression.lz4.level", "compression.lz4.level", name =>
        ConfigKey.Int(name, 9, 1, 17, "How hard lz4 tries where the broker compresses.", Live));

    public static TopicKey<int> CompressionZstdLevel { get; } = Pair("compression.zstd.level", "compression.zstd.level", name =>
        ConfigKey.Int(name, 3, -131072, 22, "How hard zstd tries where the broker compresses.", Live));

    public static TopicKey<long> DeleteRetentionMs { get; } = Pair("delete.retention.ms", "log.cleaner.delete.retention.ms", name =>
        ConfigKey.Long(name, DayMs, 0, long.MaxValue, "How long a compacted topic keeps a tombstone after it was cleaned, in milliseconds.", Live));

    public static TopicKey<long> FileDeleteDelayMs { get; } = Pair("file.delete.delay.ms", "log.segment.delete.delay.ms", name =>
        ConfigKey.Long(name, 60_000, 0, long.MaxValue, "How long the files of a deleted segment stay on disk for readers that still hold them, in milliseconds.", Live));

    public static TopicKey<long> FlushMessages { get; } = Pair("flush.messages", "log.flush.interval.messages", name =>
        ConfigKey.Long(name, long.MaxValue, 1, long.MaxValue, "Records after which the log is flushed to the disk. With 1 a record is acknowledged only once it is on the disk; one flush serves all who wait.", Live));

    public static TopicKey<int> IndexIntervalBytes { get; } = Pair("index.interval.bytes", "log.index.interval.bytes", name =>
        ConfigKey.Int(name, 4096, 0, int.MaxValue, "Bytes of log between two entries of its indexes.", Live));

    public static TopicKey<long> MaxCompactionLagMs { get; } = Pair("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", name =>
        ConfigKey.Long(name, long.MaxValue, 1, long.MaxValue, "How long a record may stay uncompacted, in milliseconds.", Live));

    public static TopicKey<int> MaxMessageBytes { get; } = Pair("max.message.bytes", "message.max.bytes", name =>
        ConfigKey.Int(name, 1_048_588, 0, int.MaxValue, "The largest batch that is taken, in bytes as stored.", Live));

    public static TopicKey<long> MessageTimestampAfterMaxMs { get; } = Pair("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", name =>
        ConfigKey.Long(name, 3_600_000, 0, long.MaxValue, "How far a record's timestamp may lie ahead of the broker's clock, in milliseconds; the default is Kafka's since version 4.0.", Live));

    public static TopicKey<long> MessageTimestampBeforeMaxMs { get; } = Pair("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", name =>
        ConfigKey.Long(name, long.MaxValue, 0, long.MaxValue, "How far a record's timestamp may lie behind the broker's clock, in milliseconds.", Live));

    public static TopicKey<string> MessageTimestampType { get; } = Pair("message.timestamp.type", "log.message.timestamp.type", name =>
        ConfigKey.OneOf(name, "CreateTime", TimestampTypes, "Whether records keep their producer's timestamp or get the broker's.", Live));

    public static TopicKey<double> MinCleanableDirtyRatio { get; } = Pair("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", name =>
        ConfigKey.Real(name, 0.5, 0, 1, "The share of a log that must be uncleaned before it is compacted.", Live));

    public static TopicKey<long> MinCompactionLagMs { get; } = Pair("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", name =>
        ConfigKey.Long(name, 0, 0, long.MaxValue, "How long a record stays uncompacted at the least, in milliseconds.", Live));

    public static TopicKey<int> MinInsyncReplicas { get; } = Pair("min.insync.replicas", "min.insync.replicas", name =>
        ConfigKey.Int(name, 1, 1, int.MaxValue, "Replicas that must have a record before a producer with acks=all is answered.", Live));

    public static TopicKey<long> RetentionBytes { get; } = Pair("retention.bytes", "log.retention.bytes", name =>
        ConfigKey.Long(name, -1, -1, long.MaxValue, "The size to which a partition's old segments are deleted, in bytes; -1 sets no bound.", Live));

    public static TopicKey<int> SegmentBytes { get; } = Pair("segment.bytes", "log.segment.bytes", name =>
        ConfigKey.Int(name, 1_073_741_824, 1_048_576, int.MaxValue, "The size at which a new segment is begun, in bytes.", Live));

    public static TopicKey<int> SegmentIndexBytes { get; } = Pair("segment.index.bytes", "log.index.size.max.bytes", name =>
        ConfigKey.Int(name, 10_485_760, 4, int.MaxValue, "The largest size of a segment's index, in bytes; a full one begins a new segment.", Live));

    public static TopicKey<string?> LocalRetentionBytes { get; } = Pair("local.retention.bytes", "log.local.retention.bytes", name =>
        ConfigKey.Inert(name, ConfigType.Long, "-2", Live, NoRemote));

    public static TopicKey<string?> LocalRetentionMs { get; } = Pair("local.retention.ms", "log.local.retention.ms", name =>
        ConfigKey.Inert(name, ConfigType.Long, "-2", Live, NoRemote));

    public static TopicKey<string?> Preallocate { get; } = Pair("preallocate", "log.preallocate", name =>
        ConfigKey.Inert(name, ConfigType.Boolean, "false", Live, "Segments grow as they are written: today's file systems join small steps by themselves."));

    public static TopicKey<string?> UncleanLeaderElection { get; } = Pair("unclean.leader.election.enable", "unclean.leader.election.enable", name =>
        ConfigKey.Inert(name, ConfigType.Boolean, "false", Live, NoReplicas));

    public static ConfigKey<string?> FollowerThrottledReplicas { get; } =
        ConfigKey.Inert("follower.replication.throttled.replicas", ConfigType.List, "", Live, NoReplicas);

    public static ConfigKey<string?> LeaderThrottledReplicas { get; } =
        ConfigKey.Inert("leader.replication.throttled.replicas", ConfigType.List, "", Live, NoReplicas);

    public static ConfigKey<string> RemoteStorageEnable { get; } = ConfigKey.Only(
        "remote.storage.enable", ConfigType.Boolean, "false", NoRemote, "asks for remote storage, which comes with a later version");

    public static ConfigKey<string?> RemoteLogCopyDisable { get; } = ConfigKey.Inert("remote.log.copy.disable", ConfigType.Boolean, "false", Live, NoRemote);

    public static ConfigKey<string?> RemoteLogDeleteOnDisable { get; } = ConfigKey.Inert("remote.log.delete.on.disable", ConfigType.Boolean, "false", Live, NoRemote);

    public static ConfigKey<bool> TakesDeadLetters { get; } = ConfigKey.Flag(
        "errors.deadletterqueue.group.enable", false, "Whether share groups may have records written to the topic that they give up (KIP-1191).");

    /// <summary>Durations whose broker-wide names come in several units; null where a topic does not say.</summary>
    public static ConfigKey<long?> FlushMs { get; } = ConfigKey.OptionalLong("flush.ms", 0, "Milliseconds after which the log is flushed to the disk.");

    public static ConfigKey<long?> RetentionMs { get; } = ConfigKey.OptionalLong("retention.ms", -1, "How long records are kept, in milliseconds; -1 for ever.");

    public static ConfigKey<long?> SegmentMs { get; } = ConfigKey.OptionalLong("segment.ms", 1, "The age at which a new segment is begun, in milliseconds.");

    public static ConfigKey<long?> SegmentJitterMs { get; } = ConfigKey.OptionalLong("segment.jitter.ms", 0, "The most by which a segment's age is shortened at random, in milliseconds, so that not all roll at once.");

    public static ConfigKey<long?> LogFlushIntervalMs { get; } = ConfigKey.OptionalLong("log.flush.interval.ms", 0, "The default of flush.ms.", Live);

    public static ConfigKey<long> LogFlushSchedulerIntervalMs { get; } = ConfigKey.Long(
        "log.flush.scheduler.interval.ms", long.MaxValue, 1, long.MaxValue, "The default of log.flush.interval.ms; what is due is looked for every second.");

    public static ConfigKey<long?> LogRetentionMs { get; } = ConfigKey.OptionalLong("log.retention.ms", -1, "The default of retention.ms; wins over the minutes and the hours.", Live);

    public static ConfigKey<int?> LogRetentionMinutes { get; } = ConfigKey.OptionalInt("log.retention.minutes", -1, "The default of retention.ms, in minutes; wins over the hours.");

    public static ConfigKey<int> LogRetentionHours { get; } = ConfigKey.Int("log.retention.hours", 168, -1, int.MaxValue, "The default of retention.ms, in hours.");

    public static ConfigKey<long?> LogRollMs { get; } = ConfigKey.OptionalLong("log.roll.ms", 1, "The default of segment.ms; wins over the hours.", Live);

    public static ConfigKey<int> LogRollHours { get; } = ConfigKey.Int("log.roll.hours", 168, 1, int.MaxValue, "The default of segment.ms, in hours.");

    public static ConfigKey<long?> LogRollJitterMs { get; } = ConfigKey.OptionalLong("log.roll.jitter.ms", 0, "The default of segment.jitter.ms; wins over the hours.", Live);

    public static ConfigKey<int> LogRollJitterHours { get; } = ConfigKey.Int("log.roll.jitter.hours", 0, 0, int.MaxValue, "The default of segment.jitter.ms, in hours.");

    /// <summary>What a topic may set.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        CleanupPolicy.Topic, CompressionType.Topic, CompressionGzipLevel.Topic, CompressionLz4Level.Topic, CompressionZstdLevel.Topic,
        DeleteRetentionMs.Topic, FileDeleteDelayMs.Topic, FlushMessages.Topic, FlushMs, IndexIntervalBytes.Topic, MaxCompactionLagMs.Topic,
        MaxMessageBytes.Topic, MessageTimestampAfterMaxMs.Topic, MessageTimestampBeforeMaxMs.Topic, MessageTimestampType.Topic,
        MinCleanableDirtyRatio.Topic, MinCompactionLagMs.Topic, MinInsyncReplicas.Topic, RetentionBytes.Topic, RetentionMs,
        SegmentBytes.Topic, SegmentIndexBytes.Topic, SegmentMs, SegmentJitterMs, LocalRetentionBytes.Topic, LocalRetentionMs.Topic,
        Preallocate.Topic, UncleanLeaderElection.Topic, FollowerThrottledReplicas, LeaderThrottledReplicas, RemoteStorageEnable,
        RemoteLogCopyDisable, RemoteLogDeleteOnDisable, TakesDeadLetters,
    ];

    /// <summary>The broker-wide names.</summary>
    public static IReadOnlyList<ConfigKey> BrokerDefaults { get; } =
    [
        CleanupPolicy.Broker, CompressionType.Broker, CompressionGzipLevel.Broker, CompressionLz4Level.Broker, CompressionZstdLevel.Broker,
        DeleteRetentionMs.Broker, FileDeleteDelayMs.Broker, FlushMessages.Broker, IndexIntervalBytes.Broker, MaxCompactionLagMs.Broker,
        MaxMessageBytes.Broker, MessageTimestampAfterMaxMs.Broker, MessageTimestampBeforeMaxMs.Broker, MessageTimestampType.Broker,
        MinCleanableDirtyRatio.Broker, MinCompactionLagMs.Broker, MinInsyncReplicas.Broker, RetentionBytes.Broker, SegmentBytes.Broker,
        SegmentIndexBytes.Broker, LogFlushIntervalMs, LogRetentionMs, LogRetentionMinutes, LogRetentionHours, LogRollMs, LogRollHours,
        LogRollJitterMs, LogRollJitterHours, LogFlushSchedulerIntervalMs, LocalRetentionBytes.Broker, LocalRetentionMs.Broker, Preallocate.Broker,
        UncleanLeaderElection.Broker,
    ];

    private static readonly FrozenDictionary<string, ConfigKey> ByName =
        All.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>The setting of that name, or null where topics have none.</summary>
    public static ConfigKey? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The broker-wide names that give a topic's setting its default, the one that wins first; none where brokers have no such setting.</summary>
    public static IReadOnlyList<string> BrokerNamesOf(ConfigKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key == FlushMs ? [LogFlushIntervalMs.Name, LogFlushSchedulerIntervalMs.Name]
            : key == RetentionMs ? [LogRetentionMs.Name, LogRetentionMinutes.Name, LogRetentionHours.Name]
            : key == SegmentMs ? [LogRollMs.Name, LogRollHours.Name]
            : key == SegmentJitterMs ? [LogRollJitterMs.Name, LogRollJitterHours.Name]
            : BrokerNames.TryGetValue(key.Name, out var name) ? [name]
            : [];
    }

    private static TopicKey<T> Pair<T>(string topic, string broker, Func<string, ConfigKey<T>> declare)
    {
        BrokerNames.Add(topic, broker);
        return new TopicKey<T>(declare(topic), declare(broker));
    }
}
