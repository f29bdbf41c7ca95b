using Spate.Coordination.Shares.Partitions;

namespace Spate.Coordination.Shares.State;

/// <summary>What is written down of a share partition. Immutable.</summary>
/// <param name="SnapshotEpoch">Counts the snapshots; an update belongs to the snapshot of the same number.</param>
/// <param name="StateEpoch">Raised whenever the group's offsets are set anew; writers of an older one are fenced.</param>
/// <param name="LeaderEpoch">The leader of the partition that wrote or read last; older ones are fenced.</param>
/// <param name="StartOffset">The first offset that is not finished; -1 while nobody has said.</param>
/// <param name="DeliveryCompleteCount">Offsets from there on that are finished; -1 when nobody has said.</param>
/// <param name="CreatedMs">When the last snapshot was made.</param>
/// <param name="Batches">What has become of which records, in order, without overlap.</param>
/// <param name="UpdatesSinceSnapshot">Updates that a reader has to apply after the snapshot.</param>
internal sealed record SharePartitionState(
    int SnapshotEpoch,
    int StateEpoch,
    int LeaderEpoch,
    long StartOffset,
    int DeliveryCompleteCount,
    long CreatedMs,
    IReadOnlyList<StateBatch> Batches,
    int UpdatesSinceSnapshot)
{
    /// <summary>The offset where nobody has said one.</summary>
    public const long NoOffset = -1;

    /// <summary>The state after a write. A start of -1 leaves the start as it is.</summary>
    public SharePartitionState With(int leaderEpoch, long startOffset, int deliveryCompleteCount, IReadOnlyList<StateBatch> batches)
    {
        var start = startOffset == NoOffset ? StartOffset : startOffset;
        return this with
        {
            LeaderEpoch = Math.Max(LeaderEpoch, leaderEpoch),
            StartOffset = start,
            DeliveryCompleteCount = deliveryCompleteCount,
            Batches = StateBatches.Combine(start, Batches, batches),
            UpdatesSinceSnapshot = UpdatesSinceSnapshot + 1,
        };
    }
}
