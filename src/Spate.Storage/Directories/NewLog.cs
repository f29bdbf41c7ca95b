using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>A log that is to be made.</summary>
/// <param name="Partition">Whose log it is.</param>
/// <param name="TopicId">The topic's id; <see cref="Uuid.Zero"/> when it has none.</param>
/// <param name="Config">Its configuration.</param>
public readonly record struct NewLog(TopicPartition Partition, Uuid TopicId, LogConfig Config);
