namespace Spate.Coordination;

/// <summary>What one group of the consumer protocol is held to, and what can be set for it while it lives. Defaults are Kafka's.</summary>
/// <param name="SessionTimeoutMs">How long a member may be silent, in milliseconds. consumer.session.timeout.ms.</param>
/// <param name="HeartbeatIntervalMs">How often members are to be heard of, in milliseconds. consumer.heartbeat.interval.ms.</param>
public sealed record ConsumerGroupSettings(int SessionTimeoutMs = 45_000, int HeartbeatIntervalMs = 5_000)
{
    public static ConsumerGroupSettings Default { get; } = new();
}
