using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Hosting;

/// <summary>The requests that nearly every test makes, with a topic and a partition each.</summary>
internal static class Ask
{
    public static CreateTopicsRequest CreateTopic(string name, int partitions = 1, params (string Name, string Value)[] configs) => new()
    {
        Topics =
        [
            new CreateTopicsRequest.CreatableTopic
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = 1,
                Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
            },
        ],
        TimeoutMs = 5000,
    };

    public static ProduceRequest Produce(string topic, int partition, RecordsPayload records, short acks = -1) => Produce(topic, Uuid.Zero, partition, records, acks);

    public static ProduceRequest Produce(Uuid topic, int partition, RecordsPayload records, short acks = -1) => Produce("", topic, partition, records, acks);

    public static ProduceRequest Produce(string topic, Uuid id, int partition, RecordsPayload records, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 5000,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = topic,
                TopicId = id,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = records }],
            },
        ],
    };

    public static FetchRequest Fetch(string topic, int partition, long offset, int maxWaitMs = 0, int minBytes = 0, int maxBytes = 1 << 20) =>
        Fetch(topic, Uuid.Zero, partition, offset, maxWaitMs, minBytes, maxBytes);

    public static FetchRequest Fetch(string topic, Uuid id, int partition, long offset, int maxWaitMs = 0, int minBytes = 0, int maxBytes = 1 << 20) => new()
    {
        MaxWaitMs = maxWaitMs,
        MinBytes = minBytes,
        MaxBytes = maxBytes,
        Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = topic,
                TopicId = id,
                Partitions = [new FetchRequest.FetchPartition { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes }],
            },
        ],
    };

    public static ListOffsetsRequest ListOffsets(string topic, int partition, long timestamp, sbyte isolation = 0) => new()
    {
        ReplicaId = -1,
        IsolationLevel = isolation,
        Topics =
        [
            new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = topic,
                Partitions = [new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = partition, Timestamp = timestamp }],
            },
        ],
    };

    public static OffsetCommitRequest Commit(string group, string topic, Uuid topicId, int partition, long offset) => new()
    {
        GroupId = group,
        Topics =
        [
            new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic,
                TopicId = topicId,
                Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = "m" }],
            },
        ],
    };
}
