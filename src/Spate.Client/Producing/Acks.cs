namespace Spate.Client.Producing;

/// <summary>Who must have a record before it counts as delivered. Kafka: <c>acks</c>.</summary>
public enum Acks : short
{
    /// <summary>Every replica in sync.</summary>
    All = -1,

    /// <summary>Nobody: a record counts as delivered when the system has taken it for sending. It may be lost, and its offset is not known.</summary>
    None = 0,

    /// <summary>The leader. What only the leader had is lost with it.</summary>
    Leader = 1,
}
