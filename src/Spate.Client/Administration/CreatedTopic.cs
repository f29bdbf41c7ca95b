using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A topic that was created, or would have been.</summary>
/// <param name="Id">Its id; zero from a broker that does not tell (before Kafka 2.8), and where nothing was created.</param>
/// <param name="Partitions">How many it has; null from a broker that does not tell (before Kafka 2.4).</param>
/// <param name="ReplicationFactor">Replicas of each; null from a broker that does not tell (before Kafka 2.4).</param>
public sealed record CreatedTopic(Uuid Id, int? Partitions, short? ReplicationFactor);
