using Spate.Coordination.Offsets;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups;

/// <summary>The records of __consumer_offsets, as Kafka writes them.</summary>
internal static class GroupRecords
{
    /// <summary>Key version of a committed offset.</summary>
    public const short OffsetType = 1;

    /// <summary>Key version of a classic group.</summary>
    public const short GroupType = 2;

    /// <summary>The last version of a group that Kafka writes; version 4 says nothing more.</summary>
    private const short GroupValueVersion = 3;

    /// <summary>Version of an offset that expires at a time of its own; the only one that can say so. It cannot carry a leader epoch.</summary>
    private const short ExpiringOffsetValueVersion = 1;

    /// <summary>Version of all other offsets, readable for every Kafka since 2.1.</summary>
    private const short OffsetValueVersion = 3;

    public static CoordinatorRecord Group(string groupId, GroupMetadataValue value) => new(GroupKey(groupId), RecordFormat.Encode(value, GroupValueVersion));

    public static CoordinatorRecord GroupTombstone(string groupId) => CoordinatorRecord.Tombstone(GroupKey(groupId));

    public static CoordinatorRecord Offset(string groupId, string topic, int partition, CommittedOffset offset)
    {
        var value = new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestampMs,
            ExpireTimestamp = offset.ExpireTimestampMs,
        };
        return new(OffsetKey(groupId, topic, partition), RecordFormat.Encode(value, offset.Expires ? ExpiringOffsetValueVersion : OffsetValueVersion));
    }

    public static CoordinatorRecord OffsetTombstone(string groupId, string topic, int partition) =>
        CoordinatorRecord.Tombstone(OffsetKey(groupId, topic, partition));

    public static GroupMetadataKey ReadGroupKey(CoordinatorRecord record) => RecordFormat.Decode<GroupMetadataKey>(record.Key);

    /// <summary>The value of a group's record. Its byte fields are slices of a copy, so it may be kept.</summary>
    public static GroupMetadataValue? ReadGroup(CoordinatorRecord record) =>
        record.Value is { } value ? RecordFormat.Decode<GroupMetadataValue>(value.ToArray()) : null;

    public static OffsetCommitKey ReadOffsetKey(CoordinatorRecord record) => RecordFormat.Decode<OffsetCommitKey>(record.Key);

    public static CommittedOffset? ReadOffset(CoordinatorRecord record)
    {
        if (record.Value is not { } bytes)
        {
            return null;
        }

        var value = RecordFormat.Decode<OffsetCommitValue>(bytes);
        return new CommittedOffset(value.Offset, value.LeaderEpoch, value.Metadata, value.CommitTimestamp, value.ExpireTimestamp);
    }

    private static byte[] GroupKey(string groupId) => RecordFormat.Encode(new GroupMetadataKey { Group = groupId }, GroupType);

    private static byte[] OffsetKey(string groupId, string topic, int partition) =>
        RecordFormat.Encode(new OffsetCommitKey { Group = groupId, Topic = topic, Partition = partition }, OffsetType);
}
