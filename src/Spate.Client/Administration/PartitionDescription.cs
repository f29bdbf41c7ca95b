namespace Spate.Client.Administration;

/// <summary>A partition as the cluster describes it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Leader">The broker that leads it; null while there is none.</param>
/// <param name="LeaderEpoch">Counts the leaders; -1 from a broker that does not tell.</param>
/// <param name="Replicas">The brokers that have it, the preferred leader first.</param>
/// <param name="InSyncReplicas">The brokers that have all of it.</param>
public sealed record PartitionDescription(int Index, int? Leader, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas)
{
    /// <summary>Those of its replicas that cannot be reached, or whose disk has failed.</summary>
    public IReadOnlyList<int> OfflineReplicas { get; init; } = [];

    /// <summary>Replicas that are not in sync and may lead all the same, having everything below the high watermark (KIP-966); null from a broker that does not tell.</summary>
    public IReadOnlyList<int>? EligibleLeaderReplicas { get; init; }

    /// <summary>Those of the last time there were any (KIP-966); null from a broker that does not tell.</summary>
    public IReadOnlyList<int>? LastKnownEligibleLeaderReplicas { get; init; }
}
