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

    /// <summary>
    /// The state after a write. The start only goes on: a leader that makes a write while another is under way cannot know yet how far that one
    /// takes the start, and what lies before it has been finished and forgotten. A start of -1 leaves the start as it is.
    /// </summary>
    public SharePartitionState With(int leaderEpoch, long startOffset, int deliveryCompleteCount, IReadOnlyList<StateBatch> batches)
    {
        var start = Math.Max(StartOffset, startOffset);
        var combined = StateBatches.Combine(start, Batches, batches);
        return this with
        {
            LeaderEpoch = Math.Max(LeaderEpoch, leaderEpoch),
            StartOffset = start,
            DeliveryCompleteCount = startOffset is NoOffset || startOffset == start ? deliveryCompleteCount : Finished(combined),
            Batches = combined,
            UpdatesSinceSnapshot = UpdatesSinceSnapshot + 1,
        };
    }

    private static int Finished(IReadOnlyList<StateBatch> batches) =>
        (int)batches.Where(static batch => batch.State is DeliveryState.Acknowledged or DeliveryState.Archived).Sum(static batch => batch.Last - batch.First + 1);
}
