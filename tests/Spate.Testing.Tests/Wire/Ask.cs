using System.Text;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;

namespace Spate.Testing.Tests.Wire;

/// <summary>The requests that tests make, with a topic and a partition each.</summary>
internal static class Ask
{
    /// <summary>The last version in which topics are known by name.</summary>
    public const short Named = 12;

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
    };

    public static ProduceRequest Produce(string topic, string value, long timestamp = 1, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 5000,
        TopicData =
        [
            new ProduceRequest.TopicProduceData { Name = topic, PartitionData = [new ProduceRequest.PartitionProduceData { Records = new RecordsPayload(Batch(value, timestamp)) }] },
        ],
    };

    public static FetchRequest Fetch(string topic, long offset = 0, int maxWaitMs = 0, int leaderEpoch = -1) => new()
    {
        MaxWaitMs = maxWaitMs,
        MinBytes = 1,
        Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = topic,
                Partitions = [new FetchRequest.FetchPartition { FetchOffset = offset, PartitionMaxBytes = 1 << 20, CurrentLeaderEpoch = leaderEpoch }],
            },
        ],
    };

    public static ListOffsetsRequest Earliest(string topic) => new()
    {
        ReplicaId = -1,
        Topics = [new ListOffsetsRequest.ListOffsetsTopic { Name = topic, Partitions = [new ListOffsetsRequest.ListOffsetsPartition { Timestamp = -2 }] }],
    };

    public static MetadataRequest Metadata(string topic) => new() { Topics = [new MetadataRequest.MetadataRequestTopic { Name = topic }], AllowAutoTopicCreation = false };

    public static JoinGroupRequest Join(string group, string memberId, int sessionTimeoutMs = 30_000) => new()
    {
        GroupId = group,
        MemberId = memberId,
        SessionTimeoutMs = sessionTimeoutMs,
        RebalanceTimeoutMs = 60_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = "m"u8.ToArray() }],
    };

    public static SyncGroupRequest Sync(string group, int generation, string memberId) => new()
    {
        GroupId = group,
        GenerationId = generation,
        MemberId = memberId,
        ProtocolType = "consumer",
        ProtocolName = "range",
        Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = memberId, Assignment = "a"u8.ToArray() }],
    };

    public static HeartbeatRequest Beat(string group, int generation, string memberId) => new() { GroupId = group, GenerationId = generation, MemberId = memberId };

    private static byte[] Batch(string value, long timestamp)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(timestamp, "k"u8, Encoding.UTF8.GetBytes(value));
        return builder.Build().ToArray();
    }
}
