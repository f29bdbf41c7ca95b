using Spate.Protocol;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>What a member had before a rebalance, and since which generation; -1 when it does not say.</summary>
internal sealed record OwnedPartitions(IReadOnlyList<TopicPartition> Partitions, int Generation);
