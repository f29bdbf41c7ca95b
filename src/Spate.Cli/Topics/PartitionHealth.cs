using Spate.Client.Administration;

namespace Spate.Cli.Topics;

/// <summary>How a partition fares, in a word.</summary>
internal static class PartitionHealth
{
    public const string Good = "ok";

    public static string Of(PartitionDescription partition, int minInSyncReplicas) =>
        partition.Leader is null ? "no leader"
        : partition.InSyncReplicas.Count < Math.Min(minInSyncReplicas, partition.Replicas.Count) ? "too few in sync"
        : partition.OfflineReplicas.Count > 0 ? "offline replica"
        : partition.InSyncReplicas.Count < partition.Replicas.Count ? "under-replicated"
        : Good;

    /// <summary>That of a topic: its worst partition's.</summary>
    public static string Worst(IEnumerable<string> states)
    {
        var bad = states.Where(static state => state != Good).GroupBy(static state => state, StringComparer.Ordinal).Select(static group => $"{group.Count()} {group.Key}").ToList();
        return bad.Count > 0 ? string.Join(", ", bad) : Good;
    }
}
