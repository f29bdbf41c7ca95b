using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Takes records of groups of the consumer protocol in, live and on replay.</summary>
internal sealed class ConsumerGroupReplay : GroupReplay<ConsumerGroup>
{
    public ConsumerGroupReplay(GroupShard shard)
        : base(shard, static group => group.BecomeConsumer())
    {
        OnGroup<ConsumerGroupMetadataKey, ConsumerGroupMetadataValue>(
            ConsumerGroupRecords.GroupType,
            static key => key.GroupId,
            static (group, value) => group.SetEpoch(value.Epoch, value.MetadataHash));
        On<ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue>(
            ConsumerGroupRecords.PartitionMetadataType,
            static key => key.GroupId,
            static (group, _, _) => group.SetPartitionMetadata(isThere: true),
            static (group, _) => group.SetPartitionMetadata(isThere: false));
        On<ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue>(
            ConsumerGroupRecords.MemberType,
            static key => key.GroupId,
            static (group, key, value) => group.SetMetadata(key.MemberId, ConsumerGroupRecords.Read(value)),
            static (group, key) => group.RemoveMember(key.MemberId));
        On<ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue>(
            ConsumerGroupRecords.TargetEpochType,
            static key => key.GroupId,
            static (group, _, value) => group.SetAssignmentEpoch(value.AssignmentEpoch),
            static (group, _) => group.SetAssignmentEpoch(MemberEpochs.Leaving));
        On<ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue>(
            ConsumerGroupRecords.TargetType,
            static key => key.GroupId,
            static (group, key, value) => group.SetTarget(key.MemberId, ConsumerGroupRecords.Read(value)),
            static (group, key) => group.RemoveTarget(key.MemberId));
        On<ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue>(
            ConsumerGroupRecords.CurrentType,
            static key => key.GroupId,
            static (group, key, value) => group.SetCurrent(key.MemberId, ConsumerGroupRecords.Read(value)),
            static (group, key) => group.RemoveCurrent(key.MemberId));
        On<ConsumerGroupRegularExpressionKey, ConsumerGroupRegularExpressionValue>(
            ConsumerGroupRecords.RegexType,
            static key => key.GroupId,
            static (group, key, value) => group.SetRegex(key.RegularExpression, ConsumerGroupRecords.Read(value)),
            static (group, key) => group.RemoveRegex(key.RegularExpression));
    }
}
