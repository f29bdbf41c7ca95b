using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>The records of groups of the consumer protocol in __consumer_offsets, as Kafka 4.2 writes them.</summary>
internal static class ConsumerGroupRecords
{
    /// <summary>Key versions, which are the types of the records.</summary>
    public const short GroupType = 3;
    public const short PartitionMetadataType = 4;
    public const short MemberType = 5;
    public const short TargetEpochType = 6;
    public const short TargetType = 7;
    public const short CurrentType = 8;
    public const short RegexType = 16;

    /// <summary>All values have the one version.</summary>
    private const short ValueVersion = 0;

    public static CoordinatorRecord Group(string groupId, int epoch, long metadataHash) => new(
        GroupKey(groupId), RecordFormat.Encode(new ConsumerGroupMetadataValue { Epoch = epoch, MetadataHash = metadataHash }, ValueVersion));

    public static CoordinatorRecord GroupTombstone(string groupId) => CoordinatorRecord.Tombstone(GroupKey(groupId));

    public static CoordinatorRecord PartitionMetadataTombstone(string groupId) =>
        CoordinatorRecord.Tombstone(RecordFormat.Encode(new ConsumerGroupPartitionMetadataKey { GroupId = groupId }, PartitionMetadataType));

    public static CoordinatorRecord Member(string groupId, string memberId, MemberMetadata metadata)
    {
        var value = new ConsumerGroupMemberMetadataValue
        {
            InstanceId = metadata.InstanceId,
            RackId = metadata.RackId,
            ClientId = metadata.ClientId,
            ClientHost = metadata.ClientHost,
            SubscribedTopicNames = [.. metadata.Topics],
            SubscribedTopicRegex = metadata.Regex,
            RebalanceTimeoutMs = metadata.RebalanceTimeoutMs,
            ServerAssignor = metadata.ServerAssignor,
            ClassicMemberMetadata = metadata.Classic is not { } classic ? null : new ConsumerGroupMemberMetadataValue.ClassicMember
            {
                SessionTimeoutMs = classic.SessionTimeoutMs,
                SupportedProtocols =
                [
                    .. classic.Protocols.Select(protocol => new ConsumerGroupMemberMetadataValue.ClassicProtocol { Name = protocol.Name, Metadata = protocol.Metadata }),
                ],
            },
        };
        return new(MemberKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord MemberTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(MemberKey(groupId, memberId));

    public static CoordinatorRecord TargetEpoch(string groupId, int epoch) =>
        new(TargetEpochKey(groupId), RecordFormat.Encode(new ConsumerGroupTargetAssignmentMetadataValue { AssignmentEpoch = epoch }, ValueVersion));

    public static CoordinatorRecord TargetEpochTombstone(string groupId) => CoordinatorRecord.Tombstone(TargetEpochKey(groupId));

    public static CoordinatorRecord Target(string groupId, string memberId, PartitionSet partitions)
    {
        var value = new ConsumerGroupTargetAssignmentMemberValue();
        foreach (var (topic, those) in partitions.ToPairs())
        {
            value.TopicPartitions.Add(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition { TopicId = topic, Partitions = [.. those] });
        }

        return new(TargetKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord TargetTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(TargetKey(groupId, memberId));

    public static CoordinatorRecord Current(string groupId, string memberId, CurrentAssignment current)
    {
        var value = new ConsumerGroupCurrentMemberAssignmentValue
        {
            MemberEpoch = current.Epoch,
            PreviousMemberEpoch = current.PreviousEpoch,
            State = (sbyte)current.State,
            AssignedPartitions = ToList(current.Assigned),
            PartitionsPendingRevocation = ToList(current.PendingRevocation),
        };
        return new(CurrentKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord CurrentTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(CurrentKey(groupId, memberId));

    public static CoordinatorRecord Regex(string groupId, string regex, ResolvedRegex resolved)
    {
        var value = new ConsumerGroupRegularExpressionValue { Topics = [.. resolved.Topics], Version = resolved.Version, Timestamp = resolved.TimestampMs };
        return new(RegexKey(groupId, regex), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord RegexTombstone(string groupId, string regex) => CoordinatorRecord.Tombstone(RegexKey(groupId, regex));

    public static MemberMetadata Read(ConsumerGroupMemberMetadataValue value) => new()
    {
        InstanceId = value.InstanceId,
        RackId = value.RackId,
        ClientId = value.ClientId,
        ClientHost = value.ClientHost,
        RebalanceTimeoutMs = value.RebalanceTimeoutMs,
        Topics = TopicNames.Of(value.SubscribedTopicNames),
        Regex = value.SubscribedTopicRegex,
        ServerAssignor = value.ServerAssignor,
        Classic = value.ClassicMemberMetadata is not { } classic
            ? null
            : new ClassicSide(classic.SessionTimeoutMs, classic.SupportedProtocols.ConvertAll(protocol => new MemberProtocol(protocol.Name, protocol.Metadata))),
    };

    public static CurrentAssignment Read(ConsumerGroupCurrentMemberAssignmentValue value) => new()
    {
        Epoch = value.MemberEpoch,
        PreviousEpoch = value.PreviousMemberEpoch,
        State = Enum.IsDefined((MemberState)value.State) ? (MemberState)value.State : MemberState.Unknown,
        Assigned = FromList(value.AssignedPartitions),
        PendingRevocation = FromList(value.PartitionsPendingRevocation),
    };

    public static PartitionSet Read(ConsumerGroupTargetAssignmentMemberValue value) =>
        PartitionSet.Of(value.TopicPartitions.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)));

    public static ResolvedRegex Read(ConsumerGroupRegularExpressionValue value) => new(TopicNames.Of(value.Topics), value.Version, value.Timestamp);

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> ToList(PartitionSet partitions) =>
    [
        .. partitions.ToPairs().Select(pair => new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions { TopicId = pair.Topic, Partitions = [.. pair.Partitions] }),
    ];

    private static PartitionSet FromList(List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> list) =>
        PartitionSet.Of(list.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)));

    private static byte[] GroupKey(string groupId) => RecordFormat.Encode(new ConsumerGroupMetadataKey { GroupId = groupId }, GroupType);

    private static byte[] MemberKey(string groupId, string memberId) =>
        RecordFormat.Encode(new ConsumerGroupMemberMetadataKey { GroupId = groupId, MemberId = memberId }, MemberType);

    private static byte[] TargetEpochKey(string groupId) =>
        RecordFormat.Encode(new ConsumerGroupTargetAssignmentMetadataKey { GroupId = groupId }, TargetEpochType);

    private static byte[] TargetKey(string groupId, string memberId) =>
        RecordFormat.Encode(new ConsumerGroupTargetAssignmentMemberKey { GroupId = groupId, MemberId = memberId }, TargetType);

    private static byte[] CurrentKey(string groupId, string memberId) =>
        RecordFormat.Encode(new ConsumerGroupCurrentMemberAssignmentKey { GroupId = groupId, MemberId = memberId }, CurrentType);

    private static byte[] RegexKey(string groupId, string regex) =>
        RecordFormat.Encode(new ConsumerGroupRegularExpressionKey { GroupId = groupId, RegularExpression = regex }, RegexType);
}
