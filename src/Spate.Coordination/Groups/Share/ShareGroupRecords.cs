using System.Collections.Immutable;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>The records of share groups in __consumer_offsets, as Kafka 4.2 writes them.</summary>
internal static class ShareGroupRecords
{
    /// <summary>Key versions, which are the types of the records.</summary>
    public const short MemberType = 10;
    public const short GroupType = 11;
    public const short TargetEpochType = 12;
    public const short TargetType = 13;
    public const short CurrentType = 14;
    public const short LedgerType = 15;

    /// <summary>All values have the one version.</summary>
    private const short ValueVersion = 0;

    public static CoordinatorRecord Group(string groupId, int epoch, long metadataHash) =>
        new(GroupKey(groupId), RecordFormat.Encode(new ShareGroupMetadataValue { Epoch = epoch, MetadataHash = metadataHash }, ValueVersion));

    public static CoordinatorRecord GroupTombstone(string groupId) => CoordinatorRecord.Tombstone(GroupKey(groupId));

    public static CoordinatorRecord Member(string groupId, string memberId, ShareMemberMetadata metadata)
    {
        var value = new ShareGroupMemberMetadataValue
        {
            RackId = metadata.RackId,
            ClientId = metadata.ClientId,
            ClientHost = metadata.ClientHost,
            SubscribedTopicNames = [.. metadata.Topics],
        };
        return new(MemberKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord MemberTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(MemberKey(groupId, memberId));

    public static CoordinatorRecord TargetEpoch(string groupId, int epoch) =>
        new(TargetEpochKey(groupId), RecordFormat.Encode(new ShareGroupTargetAssignmentMetadataValue { AssignmentEpoch = epoch }, ValueVersion));

    public static CoordinatorRecord TargetEpochTombstone(string groupId) => CoordinatorRecord.Tombstone(TargetEpochKey(groupId));

    public static CoordinatorRecord Target(string groupId, string memberId, PartitionSet partitions)
    {
        var value = new ShareGroupTargetAssignmentMemberValue();
        value.TopicPartitions.AddRange(partitions.ToPairs().Select(pair => new ShareGroupTargetAssignmentMemberValue.TopicPartition { TopicId = pair.Topic, Partitions = [.. pair.Partitions] }));
        return new(TargetKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord TargetTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(TargetKey(groupId, memberId));

    public static CoordinatorRecord Current(string groupId, string memberId, ShareAssignment current)
    {
        var value = new ShareGroupCurrentMemberAssignmentValue { MemberEpoch = current.Epoch, PreviousMemberEpoch = current.PreviousEpoch };
        value.AssignedPartitions.AddRange(current.Assigned.ToPairs()
            .Select(pair => new ShareGroupCurrentMemberAssignmentValue.TopicPartitions { TopicId = pair.Topic, Partitions = [.. pair.Partitions] }));
        return new(CurrentKey(groupId, memberId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord CurrentTombstone(string groupId, string memberId) => CoordinatorRecord.Tombstone(CurrentKey(groupId, memberId));

    public static CoordinatorRecord Ledger(string groupId, ShareLedger ledger)
    {
        var value = new ShareGroupStatePartitionMetadataValue
        {
            InitializingTopics = ToList(ledger.Initializing, ledger.Names),
            InitializedTopics = ToList(ledger.Initialized, ledger.Names),
            DeletingTopics = [.. ledger.Deleting.Select(topic => new ShareGroupStatePartitionMetadataValue.TopicInfo { TopicId = topic, TopicName = ledger.Names[topic] })],
        };
        return new(LedgerKey(groupId), RecordFormat.Encode(value, ValueVersion));
    }

    public static CoordinatorRecord LedgerTombstone(string groupId) => CoordinatorRecord.Tombstone(LedgerKey(groupId));

    /// <summary>Takes back all that is said of members.</summary>
    public static void AddTombstones(string groupId, IEnumerable<ShareMember> members, List<CoordinatorRecord> records)
    {
        foreach (var member in members)
        {
            records.Add(CurrentTombstone(groupId, member.Id));
            records.Add(TargetTombstone(groupId, member.Id));
            records.Add(MemberTombstone(groupId, member.Id));
        }
    }

    public static ShareMemberMetadata Read(ShareGroupMemberMetadataValue value) => new()
    {
        RackId = value.RackId,
        ClientId = value.ClientId,
        ClientHost = value.ClientHost,
        Topics = TopicNames.Of(value.SubscribedTopicNames),
    };

    public static ShareAssignment Read(ShareGroupCurrentMemberAssignmentValue value) => new()
    {
        Epoch = value.MemberEpoch,
        PreviousEpoch = value.PreviousMemberEpoch,
        Assigned = PartitionSet.Of(value.AssignedPartitions.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions))),
    };

    public static PartitionSet Read(ShareGroupTargetAssignmentMemberValue value) =>
        PartitionSet.Of(value.TopicPartitions.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)));

    public static ShareLedger Read(ShareGroupStatePartitionMetadataValue value) => new()
    {
        Initializing = FromList(value.InitializingTopics),
        Initialized = FromList(value.InitializedTopics),
        Deleting = [.. value.DeletingTopics.Select(topic => topic.TopicId)],
        Names = ImmutableSortedDictionary<Uuid, string>.Empty
            .SetItems(value.InitializingTopics.Concat(value.InitializedTopics).Select(topic => KeyValuePair.Create(topic.TopicId, topic.TopicName)))
            .SetItems(value.DeletingTopics.Select(topic => KeyValuePair.Create(topic.TopicId, topic.TopicName))),
    };

    private static List<ShareGroupStatePartitionMetadataValue.TopicPartitionsInfo> ToList(PartitionSet partitions, ImmutableSortedDictionary<Uuid, string> names) =>
    [
        .. partitions.ToPairs().Select(pair => new ShareGroupStatePartitionMetadataValue.TopicPartitionsInfo
        {
            TopicId = pair.Topic,
            TopicName = names[pair.Topic],
            Partitions = [.. pair.Partitions],
        }),
    ];

    private static PartitionSet FromList(List<ShareGroupStatePartitionMetadataValue.TopicPartitionsInfo> list) =>
        PartitionSet.Of(list.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)));

    private static byte[] GroupKey(string groupId) => RecordFormat.Encode(new ShareGroupMetadataKey { GroupId = groupId }, GroupType);

    private static byte[] MemberKey(string groupId, string memberId) => RecordFormat.Encode(new ShareGroupMemberMetadataKey { GroupId = groupId, MemberId = memberId }, MemberType);

    private static byte[] TargetEpochKey(string groupId) => RecordFormat.Encode(new ShareGroupTargetAssignmentMetadataKey { GroupId = groupId }, TargetEpochType);

    private static byte[] TargetKey(string groupId, string memberId) =>
        RecordFormat.Encode(new ShareGroupTargetAssignmentMemberKey { GroupId = groupId, MemberId = memberId }, TargetType);

    private static byte[] CurrentKey(string groupId, string memberId) =>
        RecordFormat.Encode(new ShareGroupCurrentMemberAssignmentKey { GroupId = groupId, MemberId = memberId }, CurrentType);

    private static byte[] LedgerKey(string groupId) => RecordFormat.Encode(new ShareGroupStatePartitionMetadataKey { GroupId = groupId }, LedgerType);
}
