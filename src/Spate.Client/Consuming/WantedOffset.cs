using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>A position whose offset is asked for.</summary>
/// <param name="Name">The partition.</param>
/// <param name="Position">Not an offset yet.</param>
/// <param name="LeaderEpoch">The epoch of the leader that is asked; -1 to ask whoever leads.</param>
internal readonly record struct WantedOffset(TopicPartition Name, StartPosition Position, int LeaderEpoch = -1);
