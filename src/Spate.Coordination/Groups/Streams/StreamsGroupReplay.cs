using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>Takes records of streams groups in, live and on replay.</summary>
internal sealed class StreamsGroupReplay(GroupShard shard)
{
    /// <summary>Takes a record in; false when it is of another kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record)
    {
        switch (type)
        {
            case StreamsGroupRecords.GroupType:
                ApplyGroup(record);
                return true;
            case StreamsGroupRecords.MemberType:
                ApplyMember(record);
                return true;
            case StreamsGroupRecords.TargetEpochType:
                Find(RecordFormat.Decode<StreamsGroupTargetAssignmentMetadataKey>(record.Key).GroupId, record)
                    ?.SetAssignmentEpoch(RecordFormat.DecodeValue<StreamsGroupTargetAssignmentMetadataValue>(record)?.AssignmentEpoch ?? MemberEpochs.Leaving);
                return true;
            case StreamsGroupRecords.TargetType:
                ApplyTarget(record);
                return true;
            case StreamsGroupRecords.CurrentType:
                ApplyCurrent(record);
                return true;
            case StreamsGroupRecords.TopologyType:
                Find(RecordFormat.Decode<StreamsGroupTopologyKey>(record.Key).GroupId, record)
                    ?.SetTopology(RecordFormat.DecodeValue<StreamsGroupTopologyValue>(record) is { } value ? StreamsTopology.Read(value) : null);
                return true;
            default:
                return false;
        }
    }

    private void ApplyGroup(CoordinatorRecord record)
    {
        var groupId = RecordFormat.Decode<StreamsGroupMetadataKey>(record.Key).GroupId;
        if (RecordFormat.DecodeValue<StreamsGroupMetadataValue>(record) is { } value)
        {
            shard.GetOrAdd(groupId).BecomeStreams().SetEpoch(StreamsGroupRecords.Read(value));
            return;
        }

        shard.Find(groupId)?.CeaseToBe<StreamsGroup>();
        shard.DropIfGone(groupId);
    }

    private void ApplyMember(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<StreamsGroupMemberMetadataKey>(record.Key);
        if (RecordFormat.DecodeValue<StreamsGroupMemberMetadataValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetMetadata(key.MemberId, StreamsGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveMember(key.MemberId);
        }
    }

    private void ApplyTarget(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<StreamsGroupTargetAssignmentMemberKey>(record.Key);
        if (RecordFormat.DecodeValue<StreamsGroupTargetAssignmentMemberValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetTarget(key.MemberId, StreamsGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveTarget(key.MemberId);
        }
    }

    private void ApplyCurrent(CoordinatorRecord record)
    {
        var key = RecordFormat.Decode<StreamsGroupCurrentMemberAssignmentKey>(record.Key);
        if (RecordFormat.DecodeValue<StreamsGroupCurrentMemberAssignmentValue>(record) is { } value)
        {
            Find(key.GroupId, record)!.SetCurrent(key.MemberId, StreamsGroupRecords.Read(value));
        }
        else
        {
            Find(key.GroupId, record)?.RemoveCurrent(key.MemberId);
        }
    }

    /// <summary>The group that a record speaks of. Compaction may leave any of a group's records first; a tombstone makes no group.</summary>
    private StreamsGroup? Find(string groupId, CoordinatorRecord record) =>
        record.Value is null ? shard.Find(groupId)?.Streams : shard.GetOrAdd(groupId).BecomeStreams();
}
