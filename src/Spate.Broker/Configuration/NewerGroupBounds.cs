using static Spate.Broker.Configuration.Keys.NewerGroupKeys;

namespace Spate.Broker.Configuration;

/// <summary>Which settings of the broker bound which: the least, the usual and the most of one thing, each null where nothing bounds it.</summary>
internal static class NewerGroupBounds
{
    public static IReadOnlyList<(ConfigKey<int>? Least, ConfigKey<int> Usual, ConfigKey<int>? Most)> All { get; } =
    [
        (ConsumerMinSessionTimeoutMs, ConsumerSessionTimeoutMs, ConsumerMaxSessionTimeoutMs),
        (ConsumerMinHeartbeatIntervalMs, ConsumerHeartbeatIntervalMs, ConsumerMaxHeartbeatIntervalMs),
        (ShareMinSessionTimeoutMs, ShareSessionTimeoutMs, ShareMaxSessionTimeoutMs),
        (ShareMinHeartbeatIntervalMs, ShareHeartbeatIntervalMs, ShareMaxHeartbeatIntervalMs),
        (ShareMinRecordLockDurationMs, ShareRecordLockDurationMs, ShareMaxRecordLockDurationMs),
        (StreamsMinSessionTimeoutMs, StreamsSessionTimeoutMs, StreamsMaxSessionTimeoutMs),
        (StreamsMinHeartbeatIntervalMs, StreamsHeartbeatIntervalMs, StreamsMaxHeartbeatIntervalMs),
        (null, StreamsNumStandbyReplicas, StreamsMaxStandbyReplicas),
        (null, StreamsNumWarmupReplicas, StreamsMaxWarmupReplicas),
        (StreamsMinTaskOffsetIntervalMs, StreamsTaskOffsetIntervalMs, null),
    ];
}
