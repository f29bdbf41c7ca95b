using System.Globalization;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>The records of streams groups in __consumer_offsets, as Kafka 4.2 writes them.</summary>
internal static class StreamsGroupRecords
{
    /// <summary>Key versions, which are the types of the records.</summary>
    public const short GroupType = 17;
    public const short MemberType = 19;
    public const short TargetEpochType = 20;
    public const short TargetType = 21;
    public const short CurrentType = 22;
    public const short TopologyType = 23;

    /// <summary>All values have the one version.</summary>
    private const short ValueVersion = 0;

    private const string StandbyReplicas = "num.standby.replicas";

    public static CoordinatorRecord Group(string groupId, GroupEpoch decided)
    {
        var value = new StreamsGroupMetadataValue
        {
            Epoch = decided.Epoch,
            MetadataHash = decided.MetadataHash,
            ValidatedTopologyEpoch = decided.ValidatedTopologyEpoch,
            LastAssignmentConfigs = decided.StandbyReplicas is not { } replicas
                ? null
                : [new StreamsGroupMetadataValue.LastAssignmentConfig { Key = StandbyReplicas, Value = replicas.ToString(CultureInfo.InvariantCulture) }],
        };
        return new(GroupKey(groupId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord Member(string groupId, string memberId, StreamsMemberMetadata metadata)
    {
        var value = new StreamsGroupMemberMetadataValue
        {
            InstanceId = metadata.InstanceId,
            RackId = metadata.RackId,
            ClientId = metadata.ClientId,
            ClientHost = metadata.ClientHost,
            RebalanceTimeoutMs = metadata.RebalanceTimeoutMs,
            TopologyEpoch = metadata.TopologyEpoch,
            ProcessId = metadata.ProcessId,
            UserEndpoint = metadata.Endpoint is not { } endpoint ? null : new StreamsGroupMemberMetadataValue.Endpoint { Host = endpoint.Host, Port = endpoint.Port },
            ClientTags = [.. metadata.Tags.All.Select(tag => new StreamsGroupMemberMetadataValue.KeyValue { Key = tag.Key, Value = tag.Value })],
        };
        return new(MemberKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord Topology(string groupId, StreamsTopology topology) =>
        new(TopologyKey(groupId), RecordFormat.Encode(topology.Value, ValueVersion));

    public static CoordinatorRecord TargetEpoch(string groupId, int epoch) =>
        new(TargetEpochKey(groupId), RecordFormat.Encode(new StreamsGroupTargetAssignmentMetadataValue { AssignmentEpoch = epoch }, ValueVersion));

    public static CoordinatorRecord Target(string groupId, string memberId, TaskAssignment tasks)
    {
        var value = new StreamsGroupTargetAssignmentMemberValue
        {
            ActiveTasks = ToTarget(tasks.Active),
            StandbyTasks = ToTarget(tasks.Standby),
            WarmupTasks = ToTarget(tasks.Warmup),
        };
        return new(TargetKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord Current(string groupId, string memberId, CurrentTasks current)
    {
        var value = new StreamsGroupCurrentMemberAssignmentValue
        {
            MemberEpoch = current.Epoch,
            PreviousMemberEpoch = current.PreviousEpoch,
            State = (sbyte)current.State,
            ActiveTasks = ToCurrent(current.Assigned.Active),
            StandbyTasks = ToCurrent(current.Assigned.Standby),
            WarmupTasks = ToCurrent(current.Assigned.Warmup),
            ActiveTasksPendingRevocation = ToCurrent(current.PendingRevocation.Active),
            StandbyTasksPendingRevocation = ToCurrent(current.PendingRevocation.Standby),
            WarmupTasksPendingRevocation = ToCurrent(current.PendingRevocation.Warmup),
        };
        return new(CurrentKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    /// <summary>Takes back all that the log says of one member.</summary>
    public static void AddTombstones(string groupId, string memberId, List<CoordinatorRecord> records)
    {
        records.Add(CoordinatorRecord.Tombstone(CurrentKey(groupId, memberId)));
        records.Add(CoordinatorRecord.Tombstone(TargetKey(groupId, memberId)));
        records.Add(CoordinatorRecord.Tombstone(MemberKey(groupId, memberId)));
    }

    /// <summary>Takes back all that the log says of a group.</summary>
    public static void AddTombstones(StreamsGroup group, List<CoordinatorRecord> records)
    {
        foreach (var member in group.Members)
        {
            AddTombstones(group.Id, member.Id, records);
        }

        records.Add(CoordinatorRecord.Tombstone(TargetEpochKey(group.Id)));
        records.Add(CoordinatorRecord.Tombstone(TopologyKey(group.Id)));
        records.Add(CoordinatorRecord.Tombstone(GroupKey(group.Id)));
    }

    public static GroupEpoch Read(StreamsGroupMetadataValue value) => new(
        value.Epoch,
        value.MetadataHash,
        value.ValidatedTopologyEpoch,
        int.TryParse(value.LastAssignmentConfigs?.Find(config => config.Key == StandbyReplicas)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var replicas) ? replicas : null);

    public static StreamsMemberMetadata Read(StreamsGroupMemberMetadataValue value) => new()
    {
        InstanceId = value.InstanceId,
        RackId = value.RackId,
        ClientId = value.ClientId,
        ClientHost = value.ClientHost,
        RebalanceTimeoutMs = value.RebalanceTimeoutMs,
        TopologyEpoch = value.TopologyEpoch,
        ProcessId = value.ProcessId,
        Endpoint = value.UserEndpoint is not { } endpoint ? null : new ClientEndpoint(endpoint.Host, endpoint.Port),
        Tags = ClientTags.Of(value.ClientTags.Select(tag => (tag.Key, tag.Value))),
    };

    public static CurrentTasks Read(StreamsGroupCurrentMemberAssignmentValue value) => new()
    {
        Epoch = value.MemberEpoch,
        PreviousEpoch = value.PreviousMemberEpoch,
        State = Enum.IsDefined((MemberState)value.State) ? (MemberState)value.State : MemberState.Unknown,
        Assigned = new TaskAssignment(FromCurrent(value.ActiveTasks), FromCurrent(value.StandbyTasks), FromCurrent(value.WarmupTasks)),
        PendingRevocation = new TaskAssignment(
            FromCurrent(value.ActiveTasksPendingRevocation), FromCurrent(value.StandbyTasksPendingRevocation), FromCurrent(value.WarmupTasksPendingRevocation)),
    };

    public static TaskAssignment Read(StreamsGroupTargetAssignmentMemberValue value) =>
        new(FromTarget(value.ActiveTasks), FromTarget(value.StandbyTasks), FromTarget(value.WarmupTasks));

    private static List<StreamsGroupTargetAssignmentMemberValue.TaskIds> ToTarget(TaskSet tasks) =>
        [.. tasks.ToPairs().Select(pair => new StreamsGroupTargetAssignmentMemberValue.TaskIds { SubtopologyId = pair.Topic, Partitions = [.. pair.Partitions] })];

    private static TaskSet FromTarget(List<StreamsGroupTargetAssignmentMemberValue.TaskIds> list) =>
        TaskSet.Of(list.Select(each => (each.SubtopologyId, (IEnumerable<int>)each.Partitions)));

    private static List<StreamsGroupCurrentMemberAssignmentValue.TaskIds> ToCurrent(TaskSet tasks) =>
        [.. tasks.ToPairs().Select(pair => new StreamsGroupCurrentMemberAssignmentValue.TaskIds { SubtopologyId = pair.Topic, Partitions = [.. pair.Partitions] })];

    private static TaskSet FromCurrent(List<StreamsGroupCurrentMemberAssignmentValue.TaskIds> list) =>
        TaskSet.Of(list.Select(each => (each.SubtopologyId, (IEnumerable<int>)each.Partitions)));

    private static byte[] GroupKey(string groupId) => RecordFormat.Encode(new StreamsGroupMetadataKey { GroupId = groupId }, GroupType);

    private static byte[] MemberKey(string groupId, string memberId) =>
        RecordFormat.Encode(new StreamsGroupMemberMetadataKey { GroupId = groupId, MemberId = memberId }, MemberType);

    private static byte[] TargetEpochKey(string groupId) => RecordFormat.Encode(new StreamsGroupTargetAssignmentMetadataKey { GroupId = groupId }, TargetEpochType);

    private static byte[] TargetKey(string groupId, string memberId) =>
        RecordFormat.Encode(new StreamsGroupTargetAssignmentMemberKey { GroupId = groupId, MemberId = memberId }, TargetType);

    private static byte[] CurrentKey(string groupId, string memberId) =>
        RecordFormat.Encode(new StreamsGroupCurrentMemberAssignmentKey { GroupId = groupId, MemberId = memberId }, CurrentType);

    private static byte[] TopologyKey(string groupId) => RecordFormat.Encode(new StreamsGroupTopologyKey { GroupId = groupId }, TopologyType);
}
