namespace Spate.Broker.Configuration;

/// <summary>The settings of a broker. Names and defaults are Kafka's; where a default differs, its meaning says why.</summary>
public static class BrokerKeys
{
    public static ConfigKey<int> NodeId { get; } = ConfigKey.Int(
        "node.id", 1, 0, int.MaxValue, "The id of this node in its cluster. Kafka has no default; a node that is alone is node 1.");

    public static ConfigKey<IReadOnlyList<string>> Listeners { get; } = ConfigKey.List(
        "listeners", "PLAINTEXT://127.0.0.1:9092", null,
        "Where the broker listens, as NAME://host:port, separated by commas. Without a setting only this machine can connect, for nothing "
        + "protects the listener; an empty host means every interface.");

    public static ConfigKey<IReadOnlyList<string>> AdvertisedListeners { get; } = ConfigKey.List(
        "advertised.listeners", null, null, "The addresses that clients are told to connect to, as NAME://host:port; by default those of 'listeners'.");

    public static ConfigKey<IReadOnlyList<string>> LogDirs { get; } = ConfigKey.List(
        "log.dirs", "data", null, "The directories that hold the logs, separated by commas; by default ./data, where Kafka takes /tmp/kafka-logs.");

    public static ConfigKey<int> NumPartitions { get; } = ConfigKey.Int(
        "num.partitions", 1, 1, int.MaxValue, "Partitions of a topic that is created without a number.");

    public static ConfigKey<int> DefaultReplicationFactor { get; } = ConfigKey.Int(
        "default.replication.factor", 1, 1, short.MaxValue, "Replicas of a topic that is created without a number.");

    public static ConfigKey<bool> AutoCreateTopics { get; } = ConfigKey.Flag(
        "auto.create.topics.enable", true, "Whether asking for a topic that is not there creates it.");

    public static ConfigKey<int> RecoveryThreadsPerDirectory { get; } = ConfigKey.Int(
        "num.recovery.threads.per.data.dir", 2, 1, 1024, "Threads for each directory that open logs at the start and close them at the end; the default is Kafka's since version 4.0.");

    public static ConfigKey<int> ListenBacklog { get; } = ConfigKey.Int(
        "socket.listen.backlog.size", 1024, 1, 65535,
        "Connections that may wait to be accepted. Kafka takes 50, which refuses clients when many come at once.");

    public static ConfigKey<int> SocketSendBufferBytes { get; } = ConfigKey.Int(
        "socket.send.buffer.bytes", -1, -1, int.MaxValue,
        "The system's send buffer of a connection, in bytes; -1 leaves it to the system, which lets it grow with the traffic. Kafka takes 102400.");

    public static ConfigKey<int> SocketReceiveBufferBytes { get; } = ConfigKey.Int(
        "socket.receive.buffer.bytes", -1, -1, int.MaxValue,
        "The system's receive buffer of a connection, in bytes; -1 leaves it to the system, which lets it grow with the traffic. Kafka takes 102400, which costs twice the processor time.");

    public static ConfigKey<int> SocketRequestMaxBytes { get; } = ConfigKey.Int(
        "socket.request.max.bytes", 104857600, 1, int.MaxValue - 4, "The largest request, in bytes; a connection that announces a larger one is closed.");

    public static ConfigKey<long> ConnectionsMaxIdleMs { get; } = ConfigKey.Long(
        "connections.max.idle.ms", 600000, -1, long.MaxValue, "A connection on which nothing moves for so many milliseconds is closed; -1 never closes one.");

    public static ConfigKey<long> QueuedMaxRequestBytes { get; } = ConfigKey.Long(
        "queued.max.request.bytes", -1, -1, long.MaxValue,
        "Bytes of requests that may be in memory at once over all connections; -1 takes a share of the machine's memory, where Kafka has no bound.");

    public static ConfigKey<int> FetchMaxBytes { get; } = ConfigKey.Int(
        "fetch.max.bytes", 57671680, 1024, int.MaxValue, "The most record bytes in one fetch response, whatever the client asks for.");

    public static ConfigKey<long> LogRetentionCheckIntervalMs { get; } = ConfigKey.Long(
        "log.retention.check.interval.ms", 300000, 1, long.MaxValue, "How often logs are looked over for segments to delete, in milliseconds.");

    public static ConfigKey<long> LogCleanerBackoffMs { get; } = ConfigKey.Long(
        "log.cleaner.backoff.ms", 15000, 0, long.MaxValue, "How long the cleaner rests when no log needs cleaning, in milliseconds.");

    public static ConfigKey<long> LogCleanerDedupeBufferSize { get; } = ConfigKey.Long(
        "log.cleaner.dedupe.buffer.size", 134217728, 1048576, int.MaxValue, "Memory for the cleaner's map of keys, in bytes; it is taken only while a log is cleaned.");

    public static ConfigKey<int> LogCleanerThreads { get; } = ConfigKey.Int(
        "log.cleaner.threads", 1, 0, 1024, "Threads that compact logs; 0 compacts none.");

    public static ConfigKey<int> LogCleanerIoBufferSize { get; } = ConfigKey.Int(
        "log.cleaner.io.buffer.size", 524288, 4096, int.MaxValue, "Memory that a cleaner reads and writes through, in bytes; a larger batch takes more.");

    public static ConfigKey<double> LogCleanerIoBufferLoadFactor { get; } = ConfigKey.Real(
        "log.cleaner.io.buffer.load.factor", 0.9, 0.01, 1, "How full the cleaner's map of keys may get; a fuller one holds more keys and takes longer.");

    public static ConfigKey<double> LogCleanerIoMaxBytesPerSecond { get; } = ConfigKey.Real(
        "log.cleaner.io.max.bytes.per.second", double.MaxValue, 1, double.MaxValue, "The most that cleaners read and write in a second, all together, in bytes.");

    public static ConfigKey<int> LogFlushOffsetCheckpointIntervalMs { get; } = ConfigKey.Int(
        "log.flush.offset.checkpoint.interval.ms", 60000, 1, int.MaxValue, "How often recovery points and high watermarks are written down, in milliseconds.");

    public static ConfigKey<int> ProducerIdExpirationMs { get; } = ConfigKey.Int(
        "producer.id.expiration.ms", 86400000, 1, int.MaxValue, "How long a partition remembers an idle producer, in milliseconds.");

    public static ConfigKey<int> OffsetsTopicPartitions { get; } = ConfigKey.Int(
        "offsets.topic.num.partitions", 50, 1, 100000, "Partitions of the topic that keeps the state of groups; fixed once that topic is there.");

    public static ConfigKey<int> OffsetsTopicSegmentBytes { get; } = ConfigKey.Int(
        "offsets.topic.segment.bytes", 104857600, 1_048_576, int.MaxValue, "Bytes of a segment of the topic that keeps the state of groups; the least is that of every topic.");

    public static ConfigKey<int> OffsetMetadataMaxBytes { get; } = ConfigKey.Int(
        "offset.metadata.max.bytes", 4096, 0, int.MaxValue, "The longest note that may go with a committed offset, in bytes.");

    public static ConfigKey<int> GroupInitialRebalanceDelayMs { get; } = ConfigKey.Int(
        "group.initial.rebalance.delay.ms", 3000, 0, int.MaxValue, "How long a new group waits for more members before it first assigns partitions, in milliseconds.");

    public static ConfigKey<int> GroupMinSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.min.session.timeout.ms", 6000, 0, int.MaxValue, "The shortest session timeout that a member may ask for, in milliseconds.");

    public static ConfigKey<int> GroupMaxSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.max.session.timeout.ms", 1800000, 0, int.MaxValue, "The longest session timeout that a member may ask for, in milliseconds.");

    public static ConfigKey<int> GroupMaxSize { get; } = ConfigKey.Int(
        "group.max.size", int.MaxValue, 1, int.MaxValue, "The most members that a group may have.");

    public static ConfigKey<int> OffsetsRetentionMinutes { get; } = ConfigKey.Int(
        "offsets.retention.minutes", 10080, 1, int.MaxValue, "How long an empty group keeps its offsets, in minutes.");

    public static ConfigKey<long> OffsetsRetentionCheckIntervalMs { get; } = ConfigKey.Long(
        "offsets.retention.check.interval.ms", 600000, 1, long.MaxValue, "How often groups are looked over for offsets that have expired, in milliseconds.");

    /// <summary>All of them, those of topics with their broker-wide names among them.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        NodeId, Listeners, AdvertisedListeners, LogDirs, NumPartitions, DefaultReplicationFactor, AutoCreateTopics,
        RecoveryThreadsPerDirectory, ListenBacklog, SocketSendBufferBytes, SocketReceiveBufferBytes, SocketRequestMaxBytes,
        ConnectionsMaxIdleMs, QueuedMaxRequestBytes, FetchMaxBytes, LogRetentionCheckIntervalMs, LogCleanerBackoffMs,
        LogCleanerDedupeBufferSize, LogCleanerThreads, LogCleanerIoBufferSize, LogCleanerIoBufferLoadFactor,
        LogCleanerIoMaxBytesPerSecond, LogFlushOffsetCheckpointIntervalMs, ProducerIdExpirationMs, OffsetsTopicPartitions,
        OffsetsTopicSegmentBytes, OffsetMetadataMaxBytes, GroupInitialRebalanceDelayMs, GroupMinSessionTimeoutMs,
        GroupMaxSessionTimeoutMs, GroupMaxSize, OffsetsRetentionMinutes, OffsetsRetentionCheckIntervalMs, .. TopicKeys.BrokerDefaults,
        .. Keys.MetricsKeys.All,
    ];
}
