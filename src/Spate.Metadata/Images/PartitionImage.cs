using System.Collections.Immutable;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>What is decided about one partition.</summary>
/// <param name="Index">The partition's index in its topic, from 0.</param>
/// <param name="Replicas">The nodes that hold it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those of them that have all that is committed.</param>
/// <param name="Leader">The node that takes writes, or -1 while there is none.</param>
/// <param name="LeaderEpoch">Rises by one with every new leader, from 0.</param>
/// <param name="PartitionEpoch">Rises by one with every change of this image, from 0.</param>
public sealed record PartitionImage(
    int Index,
    ImmutableArray<int> Replicas,
    ImmutableArray<int> InSyncReplicas,
    int Leader,
    int LeaderEpoch,
    int PartitionEpoch)
{
    internal static PartitionImage From(PartitionRecord record) => new(
        record.PartitionId, [.. record.Replicas], [.. record.Isr], record.Leader, record.LeaderEpoch, record.PartitionEpoch);
}
