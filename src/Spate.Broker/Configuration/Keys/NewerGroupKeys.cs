namespace Spate.Broker.Configuration.Keys;

/// <summary>
/// Groups of the newer protocols: those of consumers (KIP-848), of shares (KIP-932) and of streams (KIP-1071). What groups may set for
/// themselves is held to the bounds that are declared here.
/// </summary>
public static class NewerGroupKeys
{
    private const string Classic = "The state of groups is kept, read and written in one way, which has nothing to set.";
    private const string Alone = "The topic that keeps the state of groups has one replica, for the node is alone.";

    public static ConfigKey<int> ConsumerSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.consumer.session.timeout.ms", 45000, 1, int.MaxValue, "The default of consumer.session.timeout.ms of groups, in milliseconds.");

    public static ConfigKey<int> ConsumerMinSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.consumer.min.session.timeout.ms", 45000, 1, int.MaxValue, "The least that consumer.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ConsumerMaxSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.consumer.max.session.timeout.ms", 60000, 1, int.MaxValue, "The most that consumer.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ConsumerHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.consumer.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The default of consumer.heartbeat.interval.ms of groups, in milliseconds.");

    public static ConfigKey<int> ConsumerMinHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.consumer.min.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The least that consumer.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ConsumerMaxHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.consumer.max.heartbeat.interval.ms", 15000, 1, int.MaxValue, "The most that consumer.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.share.session.timeout.ms", 45000, 1, int.MaxValue, "The default of share.session.timeout.ms of groups, in milliseconds.");

    public static ConfigKey<int> ShareMinSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.share.min.session.timeout.ms", 45000, 1, int.MaxValue, "The least that share.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareMaxSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.share.max.session.timeout.ms", 60000, 1, int.MaxValue, "The most that share.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.share.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The default of share.heartbeat.interval.ms of groups, in milliseconds.");

    public static ConfigKey<int> ShareMinHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.share.min.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The least that share.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareMaxHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.share.max.heartbeat.interval.ms", 15000, 1, int.MaxValue, "The most that share.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.streams.session.timeout.ms", 45000, 1, int.MaxValue, "The default of streams.session.timeout.ms of groups, in milliseconds.");

    public static ConfigKey<int> StreamsMinSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.streams.min.session.timeout.ms", 45000, 1, int.MaxValue, "The least that streams.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsMaxSessionTimeoutMs { get; } = ConfigKey.Int(
        "group.streams.max.session.timeout.ms", 60000, 1, int.MaxValue, "The most that streams.session.timeout.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.streams.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The default of streams.heartbeat.interval.ms of groups, in milliseconds.");

    public static ConfigKey<int> StreamsMinHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.streams.min.heartbeat.interval.ms", 5000, 1, int.MaxValue, "The least that streams.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsMaxHeartbeatIntervalMs { get; } = ConfigKey.Int(
        "group.streams.max.heartbeat.interval.ms", 15000, 1, int.MaxValue, "The most that streams.heartbeat.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareRecordLockDurationMs { get; } = ConfigKey.Int(
        "group.share.record.lock.duration.ms", 30000, 1000, 3_600_000, "The default of share.record.lock.duration.ms of groups, in milliseconds.");

    public static ConfigKey<int> ShareMinRecordLockDurationMs { get; } = ConfigKey.Int(
        "group.share.min.record.lock.duration.ms", 15000, 1000, 30_000, "The least that share.record.lock.duration.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> ShareMaxRecordLockDurationMs { get; } = ConfigKey.Int(
        "group.share.max.record.lock.duration.ms", 60000, 30000, 3_600_000, "The most that share.record.lock.duration.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsNumStandbyReplicas { get; } = ConfigKey.Int(
        "group.streams.num.standby.replicas", 0, 0, int.MaxValue, "The default of streams.num.standby.replicas of groups.");

    public static ConfigKey<int> StreamsMaxStandbyReplicas { get; } = ConfigKey.Int(
        "group.streams.max.standby.replicas", 2, 0, int.MaxValue, "The most that streams.num.standby.replicas of a group may be.");

    public static ConfigKey<int> StreamsNumWarmupReplicas { get; } = ConfigKey.Int(
        "group.streams.num.warmup.replicas", 2, 0, int.MaxValue, "The default of streams.num.warmup.replicas of groups.");

    public static ConfigKey<int> StreamsMaxWarmupReplicas { get; } = ConfigKey.Int(
        "group.streams.max.warmup.replicas", 20, 0, int.MaxValue, "The most that streams.num.warmup.replicas of a group may be.");

    public static ConfigKey<int> StreamsAcceptableRecoveryLag { get; } = ConfigKey.Int(
        "group.streams.acceptable.recovery.lag", 10_000, 0, int.MaxValue, "The default of streams.acceptable.recovery.lag of groups, in records.");

    public static ConfigKey<int> StreamsTaskOffsetIntervalMs { get; } = ConfigKey.Int(
        "group.streams.task.offset.interval.ms", 60_000, 1, int.MaxValue, "The default of streams.task.offset.interval.ms of groups, in milliseconds.");

    public static ConfigKey<int> StreamsMinTaskOffsetIntervalMs { get; } = ConfigKey.Int(
        "group.streams.min.task.offset.interval.ms", 15_000, 1, int.MaxValue, "The least that streams.task.offset.interval.ms of a group may be, in milliseconds.");

    public static ConfigKey<int> StreamsMaxSize { get; } = ConfigKey.Int(
        "group.streams.max.size", int.MaxValue, 1, int.MaxValue, "The most members that a streams group may have.");

    public static ConfigKey<int> StreamsInitialRebalanceDelayMs { get; } = ConfigKey.Int(
        "group.streams.initial.rebalance.delay.ms", 3000, 0, int.MaxValue, "The default of streams.initial.rebalance.delay.ms of groups, in milliseconds.");

    public static ConfigKey<IReadOnlyList<string>> ConsumerAssignors { get; } = ConfigKey.List(
        "group.consumer.assignors", "uniform,range", ["uniform", "range"],
        "The ways to assign partitions that members may ask for; the first one is that of groups whose members ask for none.");

    public static ConfigKey<int> ConsumerMaxSize { get; } = ConfigKey.Int(
        "group.consumer.max.size", int.MaxValue, 1, int.MaxValue, "The most members that a group of the consumer protocol may have.");

    public static ConfigKey<string> ConsumerMigrationPolicy { get; } = ConfigKey.OneOf(
        "group.consumer.migration.policy", "bidirectional", ["disabled", "downgrade", "upgrade", "bidirectional"],
        "Which groups may change between the classic and the consumer protocol while they have members.");

    public static ConfigKey<IReadOnlyList<string>> ShareAssignors { get; } = ConfigKey.List(
        "group.share.assignors", "simple", ["simple"], "The ways to assign partitions to members of share groups, of which there is one.");

    public static ConfigKey<int> ShareMaxSize { get; } = ConfigKey.Int(
        "group.share.max.size", 200, 1, 1000, "The most members that a share group may have.");

    public static ConfigKey<IReadOnlyList<string>> RebalanceProtocols { get; } = ConfigKey.List(
        "group.coordinator.rebalance.protocols", "classic,consumer,streams", ["classic", "consumer", "share", "streams"],
        "The protocols that groups may speak. The classic one always may; those that come with a later version may not yet.");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConsumerAssignors, ConsumerMaxSize, ConsumerMigrationPolicy, RebalanceProtocols, ShareAssignors, ShareMaxSize,
        ConsumerSessionTimeoutMs, ConsumerMinSessionTimeoutMs, ConsumerMaxSessionTimeoutMs,
        ConsumerHeartbeatIntervalMs, ConsumerMinHeartbeatIntervalMs, ConsumerMaxHeartbeatIntervalMs,
        ShareSessionTimeoutMs, ShareMinSessionTimeoutMs, ShareMaxSessionTimeoutMs,
        ShareHeartbeatIntervalMs, ShareMinHeartbeatIntervalMs, ShareMaxHeartbeatIntervalMs,
        StreamsSessionTimeoutMs, StreamsMinSessionTimeoutMs, StreamsMaxSessionTimeoutMs,
        StreamsHeartbeatIntervalMs, StreamsMinHeartbeatIntervalMs, StreamsMaxHeartbeatIntervalMs,
        ShareRecordLockDurationMs, ShareMinRecordLockDurationMs, ShareMaxRecordLockDurationMs,
        StreamsNumStandbyReplicas, StreamsMaxStandbyReplicas, StreamsNumWarmupReplicas, StreamsMaxWarmupReplicas,
        StreamsAcceptableRecoveryLag, StreamsTaskOffsetIntervalMs, StreamsMinTaskOffsetIntervalMs, StreamsInitialRebalanceDelayMs, StreamsMaxSize,
        ConfigKey.Inert("group.coordinator.append.linger.ms", ConfigType.Int, "5", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("group.coordinator.threads", ConfigType.Int, "4", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("group.coordinator.background.threads", ConfigType.Int, "2", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("offsets.commit.timeout.ms", ConfigType.Int, "5000", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("offsets.load.buffer.size", ConfigType.Int, "5242880", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("offsets.topic.compression.codec", ConfigType.Int, "0", ConfigUpdate.ReadOnly, Classic),
        ConfigKey.Inert("offsets.topic.replication.factor", ConfigType.Short, "3", ConfigUpdate.ReadOnly, Alone, soAnyhow: "1"),
    ];
}
