namespace Spate.Coordination;

/// <summary>What one streams group is held to, and what can be set for it while it lives. Defaults are Kafka's.</summary>
/// <param name="SessionTimeoutMs">How long a member may be silent, in milliseconds. streams.session.timeout.ms.</param>
/// <param name="HeartbeatIntervalMs">How often members are to be heard of, in milliseconds. streams.heartbeat.interval.ms.</param>
/// <param name="StandbyReplicas">How many copies there are of each task's state beside the active one. streams.num.standby.replicas.</param>
/// <param name="InitialRebalanceDelayMs">How long an empty group waits for more members when the first one comes, in milliseconds; 0 does not wait. streams.initial.rebalance.delay.ms.</param>
/// <param name="WarmupReplicas">How many tasks may warm up at a time in the group; with 0 they move without. streams.num.warmup.replicas.</param>
/// <param name="AcceptableRecoveryLag">Up to how many records a member may lack of a task's state to count as caught up. streams.acceptable.recovery.lag.</param>
/// <param name="TaskOffsetIntervalMs">How often members are to tell how far they have the state of tasks, in milliseconds. streams.task.offset.interval.ms.</param>
public sealed record StreamsGroupSettings(
    int SessionTimeoutMs = 45_000,
    int HeartbeatIntervalMs = 5_000,
    int StandbyReplicas = 0,
    int InitialRebalanceDelayMs = 3_000,
    int WarmupReplicas = 2,
    int AcceptableRecoveryLag = 10_000,
    int TaskOffsetIntervalMs = 60_000)
{
    public static StreamsGroupSettings Default { get; } = new();
}
