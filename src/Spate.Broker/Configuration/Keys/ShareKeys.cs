namespace Spate.Broker.Configuration.Keys;

/// <summary>Deliveries of share groups (KIP-932): what leaders of partitions allow, and the topic that keeps what became of records.</summary>
public static class ShareKeys
{
    private const string Alone = "A node that is alone keeps one copy of everything.";
    private const string OneWay = "What became of records is kept, read and written in one way, which has nothing to set.";

    public static ConfigKey<int> DeliveryCountLimit { get; } = ConfigKey.Int(
        "group.share.delivery.count.limit", 5, 2, 10, "How often a record is delivered to members of a share group before it is given up.");

    public static ConfigKey<int> PartitionMaxRecordLocks { get; } = ConfigKey.Int(
        "group.share.partition.max.record.locks", 2000, 100, 10_000,
        "How many records of a partition may be under way in a share group, with members or waiting to be delivered again.");

    public static ConfigKey<int> MaxShareSessions { get; } = ConfigKey.Int(
        "group.share.max.share.sessions", 2000, 1, int.MaxValue, "The most sessions in which members of share groups fetch; those beyond are refused.");

    public static ConfigKey<int> StatePartitions { get; } = ConfigKey.Int(
        "share.coordinator.state.topic.num.partitions", 50, 1, 100_000, "Partitions of the topic that keeps what became of records; fixed once that topic is there.");

    public static ConfigKey<int> StateSegmentBytes { get; } = ConfigKey.Int(
        "share.coordinator.state.topic.segment.bytes", 104_857_600, 1_048_576, int.MaxValue,
        "Bytes of a segment of the topic that keeps what became of records; the least is that of every topic.");

    public static ConfigKey<int> StateCompressionCodec { get; } = ConfigKey.Int(
        "share.coordinator.state.topic.compression.codec", 0, 0, 4,
        "How what became of records is compressed: 0 not at all, 1 gzip, 2 snappy, 3 lz4, 4 zstd.");

    public static ConfigKey<int> LoadBufferSize { get; } = ConfigKey.Int(
        "share.coordinator.load.buffer.size", 5_242_880, 1, int.MaxValue,
        "Bytes of the topic that keeps what became of records that are read at a time when a broker takes it over; a batch that is larger is read whole.");

    public static ConfigKey<int> UpdatesPerSnapshot { get; } = ConfigKey.Int(
        "share.coordinator.snapshot.update.records.per.snapshot", 500, 0, 500,
        "How many updates of a partition are written for a share group before all that is known of it is written again.");

    public static ConfigKey<int> WriteTimeoutMs { get; } = ConfigKey.Int(
        "share.coordinator.write.timeout.ms", 5000, 1, int.MaxValue, "How long whoever has something written down waits for it, in milliseconds; the write goes on.");

    public static ConfigKey<int> ColdIntervalMs { get; } = ConfigKey.Int(
        "share.coordinator.cold.partition.snapshot.interval.ms", 300_000, 1, int.MaxValue,
        "After what time without an update all that is known of a partition is written again for a share group, where it keeps older records from being deleted, in milliseconds.");

    public static ConfigKey<int> PruneIntervalMs { get; } = ConfigKey.Int(
        "share.coordinator.state.topic.prune.interval.ms", 300_000, 1, int.MaxValue,
        "How often the topic that keeps what became of records is rid of what later records say, in milliseconds.");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        DeliveryCountLimit, PartitionMaxRecordLocks, MaxShareSessions,
        StatePartitions, StateSegmentBytes, StateCompressionCodec, LoadBufferSize, UpdatesPerSnapshot, WriteTimeoutMs, ColdIntervalMs, PruneIntervalMs,
        ConfigKey.Inert("group.share.persister.class.name", ConfigType.Class, "org.apache.kafka.server.share.persister.DefaultStatePersister", ConfigUpdate.ReadOnly, OneWay),
        ConfigKey.Inert("share.coordinator.append.linger.ms", ConfigType.Int, "5", ConfigUpdate.ReadOnly, OneWay),
        ConfigKey.Inert("share.coordinator.threads", ConfigType.Int, "1", ConfigUpdate.ReadOnly, OneWay),
        ConfigKey.Inert("share.coordinator.state.topic.min.isr", ConfigType.Short, "2", ConfigUpdate.ReadOnly, Alone, soAnyhow: "1"),
        ConfigKey.Inert("share.coordinator.state.topic.replication.factor", ConfigType.Short, "3", ConfigUpdate.ReadOnly, Alone, soAnyhow: "1"),
    ];
}
