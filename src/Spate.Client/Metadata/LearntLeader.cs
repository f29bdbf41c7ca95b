using Spate.Protocol;

namespace Spate.Client.Metadata;

/// <summary>Who leads a partition, as a broker has said that was asked for something else (KIP-951).</summary>
/// <param name="Name">The partition.</param>
/// <param name="Leader">The node that leads it.</param>
/// <param name="LeaderEpoch">Its epoch.</param>
internal readonly record struct LearntLeader(TopicPartition Name, int Leader, int LeaderEpoch);
