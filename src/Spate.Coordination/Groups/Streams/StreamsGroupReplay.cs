using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>Takes records of streams groups in, live and on replay.</summary>
internal sealed class StreamsGroupReplay : GroupReplay<StreamsGroup>
{
    public StreamsGroupReplay(GroupShard shard)
        : base(shard, static group => group.BecomeStreams())
    {
        OnGroup<StreamsGroupMetadataKey, StreamsGroupMetadataValue>(
            StreamsGroupRecords.GroupType,
            static key => key.GroupId,
            static (group, value) => group.SetEpoch(StreamsGroupRecords.Read(value)));
        On<StreamsGroupMemberMetadataKey, StreamsGroupMemberMetadataValue>(
            StreamsGroupRecords.MemberType,
            static key => key.GroupId,
            static (group, key, value) => group.SetMetadata(key.MemberId, StreamsGroupRecords.Read(value)),
            static (group, key) => group.RemoveMember(key.MemberId));
        On<StreamsGroupTargetAssignmentMetadataKey, StreamsGroupTargetAssignmentMetadataValue>(
            StreamsGroupRecords.TargetEpochType,
            static key => key.GroupId,
            static (group, _, value) => group.SetAssignmentEpoch(value.AssignmentEpoch),
            static (group, _) => group.SetAssignmentEpoch(MemberEpochs.Leaving));
        On<StreamsGroupTargetAssignmentMemberKey, StreamsGroupTargetAssignmentMemberValue>(
            StreamsGroupRecords.TargetType,
            static key => key.GroupId,
            static (group, key, value) => group.SetTarget(key.MemberId, StreamsGroupRecords.Read(value)),
            static (group, key) => group.RemoveTarget(key.MemberId));
        On<StreamsGroupCurrentMemberAssignmentKey, StreamsGroupCurrentMemberAssignmentValue>(
            StreamsGroupRecords.CurrentType,
            static key => key.GroupId,
            static (group, key, value) => group.SetCurrent(key.MemberId, StreamsGroupRecords.Read(value)),
            static (group, key) => group.RemoveCurrent(key.MemberId));
        On<StreamsGroupTopologyKey, StreamsGroupTopologyValue>(
            StreamsGroupRecords.TopologyType,
            static key => key.GroupId,
            static (group, _, value) => group.SetTopology(StreamsTopology.Read(value)),
            static (group, _) => group.SetTopology(null));
    }
}
