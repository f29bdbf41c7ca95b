using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>The topics that a request is about, by name or by id, as its version has it.</summary>
internal static class RequestTopics
{
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
        _ => [],
    };

    private static IEnumerable<(string? Name, Uuid Id)> OfFetch(OffsetFetchRequest fetch) =>
        Named((fetch.Topics ?? []).Select(topic => topic.Name))
            .Concat(fetch.Groups.SelectMany(group => group.Topics ?? []).Select(topic => Either(topic.Name, topic.TopicId)));

    private static IEnumerable<(string? Name, Uuid Id)> Named(IEnumerable<string> names) => names.Select(name => ((string?)name, Uuid.Zero));

    private static (string? Name, Uuid Id) Either(string? name, Uuid id) => (string.IsNullOrEmpty(name) ? null : name, id);
}
