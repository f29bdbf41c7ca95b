using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>A partition's log in a <see cref="LogStore"/>. Immutable.</summary>
/// <param name="Partition">Whose log it is.</param>
/// <param name="Log">The log.</param>
/// <param name="Directory">The root that it lies in.</param>
/// <param name="TopicId">The topic's id; <see cref="Uuid.Zero"/> in a directory of a Kafka before 2.8, until somebody says it.</param>
public sealed record HostedLog(TopicPartition Partition, PartitionLog Log, LogDirectory Directory, Uuid TopicId);
