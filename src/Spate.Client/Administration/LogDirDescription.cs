using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A log directory of a broker.</summary>
/// <param name="Replicas">What lies in it; those of a future log have <see cref="ReplicaDescription.IsFuture"/>.</param>
/// <param name="TotalBytes">The size of its volume; null from a broker that does not tell (before Kafka 3.3).</param>
/// <param name="UsableBytes">The room on its volume; null from a broker that does not tell (before Kafka 3.3).</param>
public sealed record LogDirDescription(IReadOnlyDictionary<TopicPartition, ReplicaDescription> Replicas, long? TotalBytes, long? UsableBytes);
