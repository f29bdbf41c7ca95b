using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Takes records of groups of the consumer protocol in, live and on replay.</summary>
internal sealed class ConsumerGroupReplay(GroupShard shard)
{
    /// <summary>Takes a record in; false when it is of another kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record)
    {
        switch (type)
        {
            case ConsumerGroupRecords.GroupType:
                ApplyGroup(record);
                return true;
            case ConsumerGroupRecords.PartitionMetadataType:
                Find(RecordFormat.Decode<ConsumerGroupPartitionMetadataKey>(record.Key).GroupId, record)?.SetPartitionMetadata(record.Value is not null);
                return true;
            case ConsumerGroupRecords.MemberType:
                ApplyMember(record);
                return true;
            case ConsumerGroupRecords.TargetEpochType:
                ApplyTargetEpoch(record);
                return true;
            case ConsumerGroupRecords.TargetType:
                ApplyTarget(record);
                return true;
            case ConsumerGroupRecords.CurrentType:
                ApplyCurrent(record);
                return true;
            case ConsumerGroupRecords.RegexType:
                ApplyRegex(record);
                return true;
            default:
                return false;
        }
    }

    private void ApplyGroup(CoordinatorRecord record)
    {
        var groupId = RecordFormat.Decode<ConsumerGroupMetadataKey>(record.Key).GroupId;
        if (RecordFormat.DecodeValue<ConsumerGroupMetadataValue>(record) is { } value)
        {
            shard.GetOrAdd(groupId).BecomeConsumer().SetEpoch(value.Epoch, value.MetadataHash);
            return;
        }

        shard.Find(groupId)?.CeaseToBe<ConsumerGroup>();
        shard.DropIfGone(groupId);
    }

    private void ApplyMember(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ConsumerGroupMemberMetadataKey>(record.Key);
        if (RecordFormat.DecodeValue<ConsumerGroupMemberMetadataValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetMetadata(key.MemberId, ConsumerGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveMember(key.MemberId);
        }
    }

    private void ApplyTargetEpoch(CoordinatorRecord record)
    {
        var group = Find(RecordFormat.Decode<ConsumerGroupTargetAssignmentMetadataKey>(record.Key).GroupId, record);
        group?.SetAssignmentEpoch(RecordFormat.DecodeValue<ConsumerGroupTargetAssignmentMetadataValue>(record)?.AssignmentEpoch ?? MemberEpochs.Leaving);
    }

    private void ApplyTarget(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ConsumerGroupTargetAssignmentMemberKey>(record.Key);
        if (RecordFormat.DecodeValue<ConsumerGroupTargetAssignmentMemberValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetTarget(key.MemberId, ConsumerGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveTarget(key.MemberId);
        }
    }

    private void ApplyCurrent(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ConsumerGroupCurrentMemberAssignmentKey>(record.Key);
        if (RecordFormat.DecodeValue<ConsumerGroupCurrentMemberAssignmentValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetCurrent(key.MemberId, ConsumerGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveCurrent(key.MemberId);
        }
    }

    private void ApplyRegex(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<ConsumerGroupRegularExpressionKey>(record.Key);
        if (RecordFormat.DecodeValue<ConsumerGroupRegularExpressionValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetRegex(key.RegularExpression, ConsumerGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveRegex(key.RegularExpression);
        }
    }

    /// <summary>The group that a record speaks of. Compaction may leave any of a group's records first; a tombstone makes no group.</summary>
    private ConsumerGroup? Find(string groupId, CoordinatorRecord record) =>
        record.Value is null ? shard.Find(groupId)?.Consumer : shard.GetOrAdd(groupId).BecomeConsumer();
}
