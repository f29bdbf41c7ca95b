using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>Takes records of share groups in, live and on replay.</summary>
internal sealed class ShareGroupReplay : GroupReplay<ShareGroup>
{
    public ShareGroupReplay(GroupShard shard)
        : base(shard, static group => group.BecomeShare())
    {
        OnGroup<ShareGroupMetadataKey, ShareGroupMetadataValue>(
            ShareGroupRecords.GroupType,
            static key => key.GroupId,
            static (group, value) => group.SetEpoch(value.Epoch, value.MetadataHash));
        On<ShareGroupMemberMetadataKey, ShareGroupMemberMetadataValue>(
            ShareGroupRecords.MemberType,
            static key => key.GroupId,
            static (group, key, value) => group.SetMetadata(key.MemberId, ShareGroupRecords.Read(value)),
            static (group, key) => group.RemoveMember(key.MemberId));
        On<ShareGroupTargetAssignmentMetadataKey, ShareGroupTargetAssignmentMetadataValue>(
            ShareGroupRecords.TargetEpochType,
            static key => key.GroupId,
            static (group, _, value) => group.SetAssignmentEpoch(value.AssignmentEpoch),
            static (group, _) => group.SetAssignmentEpoch(MemberEpochs.Leaving));
        On<ShareGroupTargetAssignmentMemberKey, ShareGroupTargetAssignmentMemberValue>(
            ShareGroupRecords.TargetType,
            static key => key.GroupId,
            static (group, key, value) => group.SetTarget(key.MemberId, ShareGroupRecords.Read(value)),
            static (group, key) => group.RemoveTarget(key.MemberId));
        On<ShareGroupCurrentMemberAssignmentKey, ShareGroupCurrentMemberAssignmentValue>(
            ShareGroupRecords.CurrentType,
            static key => key.GroupId,
            static (group, key, value) => group.SetCurrent(key.MemberId, ShareGroupRecords.Read(value)),
            static (group, key) => group.RemoveCurrent(key.MemberId));
        On<ShareGroupStatePartitionMetadataKey, ShareGroupStatePartitionMetadataValue>(
            ShareGroupRecords.LedgerType,
            static key => key.GroupId,
            static (group, _, value) => group.SetLedger(ShareGroupRecords.Read(value)),
            static (group, _) => group.SetLedger(ShareLedger.Empty));
    }
}
