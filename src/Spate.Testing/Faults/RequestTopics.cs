using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>The topics that a request is about, by name or by id, as its version has it.</summary>
internal static class RequestTopics
{
    /// <summary>What requests about settings call a topic.</summary>
    private const sbyte TopicResource = 2;

    public static IEnumerable<(string? Name, Uuid Id)> Of(IRequestMessage request) => request switch
    {
        ProduceRequest produce => produce.TopicData.Select(topic => Either(topic.Name, topic.TopicId)),
        FetchRequest fetch => fetch.Topics.Select(topic => Either(topic.Topic, topic.TopicId)),
        ListOffsetsRequest list => Named(list.Topics.Select(topic => topic.Name)),
        MetadataRequest metadata => metadata.Topics?.Select(topic => Either(topic.Name, topic.TopicId)) ?? [],
        OffsetForLeaderEpochRequest epochs => Named(epochs.Topics.Select(topic => topic.Topic)),
        OffsetCommitRequest commit => commit.Topics.Select(topic => Either(topic.Name, topic.TopicId)),
        OffsetFetchRequest fetch => OfFetch(fetch),
        OffsetDeleteRequest delete => Named(delete.Topics.Select(topic => topic.Name)),
        TxnOffsetCommitRequest commit => Named(commit.Topics.Select(topic => topic.Name)),
        AddPartitionsToTxnRequest add => Named(add.V3AndBelowTopics.Concat(add.Transactions.SelectMany(transaction => transaction.Topics)).Select(topic => topic.Name)),
        CreateTopicsRequest create => Named(create.Topics.Select(topic => topic.Name)),
        DeleteTopicsRequest delete => delete.Topics.Select(topic => Either(topic.Name, topic.TopicId)).Concat(Named(delete.TopicNames)),
        CreatePartitionsRequest create => Named(create.Topics.Select(topic => topic.Name)),
        DeleteRecordsRequest delete => Named(delete.Topics.Select(topic => topic.Name)),
        DescribeTopicPartitionsRequest describe => Named(describe.Topics.Select(topic => topic.Name)),
        DescribeProducersRequest describe => Named(describe.Topics.Select(topic => topic.Name)),
        ElectLeadersRequest elect => Named(elect.TopicPartitions?.Select(topic => topic.Topic) ?? []),
        AlterPartitionReassignmentsRequest alter => Named(alter.Topics.Select(topic => topic.Name)),
        ListPartitionReassignmentsRequest list => Named(list.Topics?.Select(topic => topic.Name) ?? []),
        AlterReplicaLogDirsRequest alter => Named(alter.Dirs.SelectMany(directory => directory.Topics).Select(topic => topic.Name)),
        DescribeLogDirsRequest describe => Named(describe.Topics?.Select(topic => topic.Topic) ?? []),
        WriteTxnMarkersRequest write => Named(write.Markers.SelectMany(marker => marker.Topics).Select(topic => topic.Name)),
        DescribeConfigsRequest describe => Named(describe.Resources.Where(resource => resource.ResourceType == TopicResource).Select(resource => resource.ResourceName)),
        AlterConfigsRequest alter => Named(alter.Resources.Where(resource => resource.ResourceType == TopicResource).Select(resource => resource.ResourceName)),
        IncrementalAlterConfigsRequest alter => Named(alter.Resources.Where(resource => resource.ResourceType == TopicResource).Select(resource => resource.ResourceName)),
        _ => OfGroups(request),
    };

    /// <summary>What is asked in the name of groups of the newer protocols: subscriptions by name, partitions by id.</summary>
    private static IEnumerable<(string? Name, Uuid Id)> OfGroups(IRequestMessage request) => request switch
    {
        ConsumerGroupHeartbeatRequest beat => Named(beat.SubscribedTopicNames ?? []).Concat(Identified(beat.TopicPartitions?.Select(topic => topic.TopicId) ?? [])),
        StreamsGroupHeartbeatRequest beat => Named(beat.Topology?.Subtopologies.SelectMany(part => part.SourceTopics) ?? []),
        ShareGroupHeartbeatRequest beat => Named(beat.SubscribedTopicNames ?? []),
        ShareFetchRequest fetch => Identified(fetch.Topics.Select(topic => topic.TopicId)),
        ShareAcknowledgeRequest acknowledge => Identified(acknowledge.Topics.Select(topic => topic.TopicId)),
        DescribeShareGroupOffsetsRequest describe => Named(describe.Groups.SelectMany(group => group.Topics ?? []).Select(topic => topic.TopicName)),
        AlterShareGroupOffsetsRequest alter => Named(alter.Topics.Select(topic => topic.TopicName)),
        DeleteShareGroupOffsetsRequest delete => Named(delete.Topics.Select(topic => topic.TopicName)),
        InitializeShareGroupStateRequest initialize => Identified(initialize.Topics.Select(topic => topic.TopicId)),
        ReadShareGroupStateRequest read => Identified(read.Topics.Select(topic => topic.TopicId)),
        WriteShareGroupStateRequest write => Identified(write.Topics.Select(topic => topic.TopicId)),
        DeleteShareGroupStateRequest delete => Identified(delete.Topics.Select(topic => topic.TopicId)),
        ReadShareGroupStateSummaryRequest read => Identified(read.Topics.Select(topic => topic.TopicId)),
        _ => [],
    };

    private static IEnumerable<(string? Name, Uuid Id)> OfFetch(OffsetFetchRequest fetch) =>
        Named((fetch.Topics ?? []).Select(topic => topic.Name))
            .Concat(fetch.Groups.SelectMany(group => group.Topics ?? []).Select(topic => Either(topic.Name, topic.TopicId)));

    private static IEnumerable<(string? Name, Uuid Id)> Named(IEnumerable<string> names) => names.Select(name => ((string?)name, Uuid.Zero));

    private static IEnumerable<(string? Name, Uuid Id)> Identified(IEnumerable<Uuid> ids) => ids.Select(id => ((string?)null, id));

    private static (string? Name, Uuid Id) Either(string? name, Uuid id) => (string.IsNullOrEmpty(name) ? null : name, id);
}
