namespace Spate.Coordination;

/// <summary>What one share group is held to, and what can be set for it while it lives. Defaults are Kafka's.</summary>
/// <param name="SessionTimeoutMs">How long a member may be silent, in milliseconds. share.session.timeout.ms.</param>
/// <param name="HeartbeatIntervalMs">How often members are to be heard of, in milliseconds. share.heartbeat.interval.ms.</param>
public sealed record ShareGroupSettings(int SessionTimeoutMs = 45_000, int HeartbeatIntervalMs = 5_000)
{
    public static ShareGroupSettings Default { get; } = new();
}
