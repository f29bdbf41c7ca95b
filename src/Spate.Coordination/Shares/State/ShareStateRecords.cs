using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Shares.State;

/// <summary>The records of __share_group_state, as Kafka writes them.</summary>
internal static class ShareStateRecords
{
    /// <summary>Key version of a snapshot: all that is known of a share partition.</summary>
    public const short SnapshotType = 0;

    /// <summary>Key version of an update: what has changed since the snapshot and the updates before.</summary>
    public const short UpdateType = 1;

    private const short ValueVersion = 0;

    public static CoordinatorRecord Snapshot(SharePartitionKey key, SharePartitionState state, long nowMs) => new(
        SnapshotKey(key),
        RecordFormat.Encode(
            new ShareSnapshotValue
            {
                SnapshotEpoch = state.SnapshotEpoch,
                StateEpoch = state.StateEpoch,
                LeaderEpoch = state.LeaderEpoch,
                StartOffset = state.StartOffset,
                DeliveryCompleteCount = state.DeliveryCompleteCount,
                CreateTimestamp = state.CreatedMs,
                WriteTimestamp = nowMs,
                StateBatches = [.. state.Batches.Select(static batch => new ShareSnapshotValue.StateBatch
                {
                    FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
                })],
            },
            ValueVersion));

    public static CoordinatorRecord Update(
        SharePartitionKey key, int snapshotEpoch, int leaderEpoch, long startOffset, int deliveryCompleteCount, IEnumerable<StateBatch> batches) => new(
        RecordFormat.Encode(new ShareUpdateKey { GroupId = key.GroupId, TopicId = key.TopicId, Partition = key.Partition }, UpdateType),
        RecordFormat.Encode(
            new ShareUpdateValue
            {
                SnapshotEpoch = snapshotEpoch,
                LeaderEpoch = leaderEpoch,
                StartOffset = startOffset,
                DeliveryCompleteCount = deliveryCompleteCount,
                StateBatches = [.. batches.Select(static batch => new ShareUpdateValue.StateBatch
                {
                    FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
                })],
            },
            ValueVersion));

    public static CoordinatorRecord Tombstone(SharePartitionKey key) => CoordinatorRecord.Tombstone(SnapshotKey(key));

    public static SharePartitionKey ReadSnapshotKey(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ShareSnapshotKey>(record.Key);
        return new(key.GroupId, key.TopicId, key.Partition);
    }

    public static SharePartitionKey ReadUpdateKey(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ShareUpdateKey>(record.Key);
        return new(key.GroupId, key.TopicId, key.Partition);
    }

    public static SharePartitionState ReadSnapshot(ReadOnlyMemory<byte> bytes)
    {
        var value = RecordFormat.Decode<ShareSnapshotValue>(bytes);
        return new(
            value.SnapshotEpoch, value.StateEpoch, value.LeaderEpoch, value.StartOffset, value.DeliveryCompleteCount, value.CreateTimestamp,
            [.. value.StateBatches.Select(static batch => new StateBatch(batch.FirstOffset, batch.LastOffset, (DeliveryState)batch.DeliveryState, batch.DeliveryCount))], 0);
    }

    public static (int SnapshotEpoch, int LeaderEpoch, long StartOffset, int DeliveryCompleteCount, IReadOnlyList<StateBatch> Batches) ReadUpdate(ReadOnlyMemory<byte> bytes)
    {
        var value = RecordFormat.Decode<ShareUpdateValue>(bytes);
        return (
            value.SnapshotEpoch, value.LeaderEpoch, value.StartOffset, value.DeliveryCompleteCount,
            [.. value.StateBatches.Select(static batch => new StateBatch(batch.FirstOffset, batch.LastOffset, (DeliveryState)batch.DeliveryState, batch.DeliveryCount))]);
    }

    private static byte[] SnapshotKey(SharePartitionKey key) =>
        RecordFormat.Encode(new ShareSnapshotKey { GroupId = key.GroupId, TopicId = key.TopicId, Partition = key.Partition }, SnapshotType);
}
