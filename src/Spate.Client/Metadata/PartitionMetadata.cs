using Spate.Protocol.Errors;

namespace Spate.Client.Metadata;

/// <summary>One partition as the cluster describes it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Leader">The node that leads it; -1 while there is none.</param>
/// <param name="LeaderEpoch">Counts the leaders; -1 from a broker that does not tell.</param>
/// <param name="Error">What is wrong with it at the moment, if anything is.</param>
/// <param name="Replicas">The nodes that have it, the preferred leader first.</param>
/// <param name="InSync">The nodes that have all of it.</param>
internal sealed record PartitionMetadata(
    int Index, int Leader, int LeaderEpoch, ErrorCode Error, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync)
{
    public const int NoLeader = -1;

    public bool HasLeader => Leader >= 0;
}
