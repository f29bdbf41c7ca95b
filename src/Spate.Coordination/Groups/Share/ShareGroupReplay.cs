using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>Takes records of share groups in, live and on replay.</summary>
internal sealed class ShareGroupReplay(GroupShard shard)
{
    /// <summary>Takes a record in; false when it is of another kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record)
    {
        switch (type)
        {
            case ShareGroupRecords.GroupType:
                ApplyGroup(record);
                return true;
            case ShareGroupRecords.MemberType:
                ApplyMember(record);
                return true;
            case ShareGroupRecords.TargetEpochType:
                var groupId = RecordFormat.Decode<ShareGroupTargetAssignmentMetadataKey>(record.Key).GroupId;
                Find(groupId, record)?.SetAssignmentEpoch(RecordFormat.DecodeValue<ShareGroupTargetAssignmentMetadataValue>(record)?.AssignmentEpoch ?? MemberEpochs.Leaving);
                return true;
            case ShareGroupRecords.TargetType:
                ApplyTarget(record);
                return true;
            case ShareGroupRecords.CurrentType:
                ApplyCurrent(record);
                return true;
            case ShareGroupRecords.LedgerType:
                var value = RecordFormat.DecodeValue<ShareGroupStatePartitionMetadataValue>(record);
                Find(RecordFormat.Decode<ShareGroupStatePartitionMetadataKey>(record.Key).GroupId, record)?.SetLedger(value is null ? ShareLedger.Empty : ShareGroupRecords.Read(value));
                return true;
            default:
                return false;
        }
    }

    private void ApplyGroup(CoordinatorRecord record)
    {
        var groupId = RecordFormat.Decode<ShareGroupMetadataKey>(record.Key).GroupId;
        if (RecordFormat.DecodeValue<ShareGroupMetadataValue>(record) is { } value)
        {
            shard.GetOrAdd(groupId).BecomeShare().SetEpoch(value.Epoch, value.MetadataHash);
            return;
        }

        shard.Find(groupId)?.CeaseToBe<ShareGroup>();
        shard.DropIfGone(groupId);
    }

    private void ApplyMember(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ShareGroupMemberMetadataKey>(record.Key);
        if (RecordFormat.DecodeValue<ShareGroupMemberMetadataValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetMetadata(key.MemberId, ShareGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveMember(key.MemberId);
        }
    }

    private void ApplyTarget(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ShareGroupTargetAssignmentMemberKey>(record.Key);
        if (RecordFormat.DecodeValue<ShareGroupTargetAssignmentMemberValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetTarget(key.MemberId, ShareGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveTarget(key.MemberId);
        }
    }

    private void ApplyCurrent(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ShareGroupCurrentMemberAssignmentKey>(record.Key);
        if (RecordFormat.DecodeValue<ShareGroupCurrentMemberAssignmentValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetCurrent(key.MemberId, ShareGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveCurrent(key.MemberId);
        }
    }

    /// <summary>The group that a record speaks of. Compaction may leave any of a group's records first; a tombstone makes no group.</summary>
    private ShareGroup? Find(string groupId, CoordinatorRecord record) =>
        record.Value is null ? shard.Find(groupId)?.Share : shard.GetOrAdd(groupId).BecomeShare();
}
