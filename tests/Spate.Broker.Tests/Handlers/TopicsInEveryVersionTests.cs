using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What is asked about brokers and topics is answered in every version that is advertised, and the answer says what it should.</summary>
public sealed class TopicsInEveryVersionTests
{
    public static TheoryData<short> ApiVersionsVersions => Versions.From(ApiVersionsRequest.LowestVersion, ApiVersionsRequest.HighestVersion);

    public static TheoryData<short> MetadataVersions => Versions.From(MetadataRequest.LowestVersion, MetadataRequest.HighestVersion);

    public static TheoryData<short> CreateTopicsVersions => Versions.From(CreateTopicsRequest.LowestVersion, CreateTopicsRequest.HighestVersion);

    public static TheoryData<short> DeleteTopicsVersions => Versions.From(DeleteTopicsRequest.LowestVersion, DeleteTopicsRequest.HighestVersion);

    public static TheoryData<short> FindCoordinatorVersions => Versions.From(FindCoordinatorRequest.LowestVersion, FindCoordinatorRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(ApiVersionsVersions))]
    public async Task ApiVersions_advertises_what_there_are_handlers_for(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "a-client", ClientSoftwareVersion = "1.0" }, version);

        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        var ranges = reply.ApiKeys.ToDictionary(range => (ApiKey)range.ApiKey, range => (range.MinVersion, range.MaxVersion));
        Assert.Equal(Advertised.Keys.Order(), ranges.Keys);
        foreach (var (key, lowest) in Advertised)
        {
            Assert.Equal((lowest, ApiCatalog.Get(key).HighestVersion), ranges[key]);
        }
    }

    [Theory]
    [MemberData(nameof(MetadataVersions))]
    public async Task Metadata_names_the_broker_and_the_topic(short version)
    {
        await using var broker = await TestBroker.StartAsync("node.id=7");
        var id = await broker.CreateTopicAsync("t", 2);

        var reply = await broker.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t" }] }, version);

        var node = Assert.Single(reply.Brokers);
        Assert.Equal((7, "127.0.0.1"), (node.NodeId, node.Host));
        Assert.Equal(version >= 1 ? 7 : -1, reply.ControllerId);
        Assert.Equal(version >= 2, reply.ClusterId is { Length: > 0 });
        var topic = Assert.Single(reply.Topics);
        Assert.Equal(("t", ErrorCode.None, false), (topic.Name, topic.ErrorCode, topic.IsInternal));
        Assert.Equal(version >= 10 ? id : Uuid.Zero, topic.TopicId);
        Assert.Equal([0, 1], topic.Partitions.Select(partition => partition.PartitionIndex));
        Assert.All(topic.Partitions, partition =>
        {
            Assert.Equal((7, ErrorCode.None, version >= 7 ? 0 : -1), (partition.LeaderId, partition.ErrorCode, partition.LeaderEpoch));
            Assert.Equal([7], partition.ReplicaNodes);
            Assert.Equal([7], partition.IsrNodes);
            Assert.Empty(partition.OfflineReplicas);
        });
    }

    [Theory]
    [MemberData(nameof(CreateTopicsVersions))]
    public async Task CreateTopics_creates_and_tells_what_the_version_can_carry(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Ask.CreateTopic("t", 3, ("retention.ms", "5000")), version);

        var topic = Assert.Single(reply.Topics);
        Assert.Equal(("t", ErrorCode.None, version >= 1 ? null : ""), (topic.Name, topic.ErrorCode, topic.ErrorMessage));
        Assert.Equal(version >= 7, !topic.TopicId.IsZero);
        Assert.Equal(version >= 5 ? (3, 1) : (-1, -1), (topic.NumPartitions, topic.ReplicationFactor));
        if (version >= 5)
        {
            var retention = Assert.Single(topic.Configs!, config => config.Name == "retention.ms");
            Assert.Equal(("5000", (sbyte)1), (retention.Value, retention.ConfigSource));
            Assert.Equal(("delete", (sbyte)5), topic.Configs!.Where(config => config.Name == "cleanup.policy").Select(config => (config.Value, config.ConfigSource)).Single());
        }

        Assert.Equal(0, await broker.ProduceAsync("t", 2, "a"));
    }

    [Theory]
    [MemberData(nameof(CreateTopicsVersions))]
    public async Task CreateTopics_that_is_refused_says_so_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Ask.CreateTopic("a b"), version);

        Assert.Equal(ErrorCode.InvalidTopic, reply.Topics[0].ErrorCode);
        Assert.Equal(version >= 1, reply.Topics[0].ErrorMessage is { Length: > 0 });
    }

    [Theory]
    [MemberData(nameof(DeleteTopicsVersions))]
    public async Task DeleteTopics_deletes_and_refuses_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync("auto.create.topics.enable=false");
        await broker.CreateTopicAsync("t");
        var request = version < 6
            ? new DeleteTopicsRequest { TopicNames = ["t", "none"] }
            : new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = "t" }, new DeleteTopicsRequest.DeleteTopicState { Name = "none" }] };

        var reply = await broker.AskAsync(request, version);

        Assert.Equal([("t", ErrorCode.None), ("none", ErrorCode.UnknownTopicOrPartition)], reply.Responses.Select(each => (each.Name, each.ErrorCode)));
        Assert.Equal(version >= 5, reply.Responses[1].ErrorMessage is { Length: > 0 });
        Assert.Equal(version >= 6, !reply.Responses[0].TopicId.IsZero);
        var metadata = await broker.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "t" }] }, 9);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, metadata.Topics[0].ErrorCode);
    }

    [Theory]
    [MemberData(nameof(FindCoordinatorVersions))]
    public async Task FindCoordinator_names_this_broker(short version)
    {
        await using var broker = await TestBroker.StartAsync("node.id=7");
        var request = version < 4 ? new FindCoordinatorRequest { Key = "g" } : new FindCoordinatorRequest { CoordinatorKeys = ["g", "h"] };

        var reply = await broker.AskAsync(request, version);

        if (version < 4)
        {
            Assert.Equal((ErrorCode.None, 7, "127.0.0.1"), (reply.ErrorCode, reply.NodeId, reply.Host));
            return;
        }

        Assert.Equal(["g", "h"], reply.Coordinators.Select(found => found.Key));
        Assert.All(reply.Coordinators, found => Assert.Equal((ErrorCode.None, 7, "127.0.0.1"), (found.ErrorCode, found.NodeId, found.Host)));
    }

    /// <summary>What this broker offers, each with its lowest version; the highest is always the newest that the protocol has.</summary>
    private static readonly Dictionary<ApiKey, short> Advertised = new()
    {
        [ApiKey.Produce] = 0,
        [ApiKey.Fetch] = 0,
        [ApiKey.ListOffsets] = 0,
        [ApiKey.Metadata] = 0,
        [ApiKey.OffsetCommit] = 0,
        [ApiKey.OffsetFetch] = 0,
        [ApiKey.FindCoordinator] = 0,
        [ApiKey.JoinGroup] = 0,
        [ApiKey.Heartbeat] = 0,
        [ApiKey.LeaveGroup] = 0,
        [ApiKey.SyncGroup] = 0,
        [ApiKey.DescribeGroups] = 0,
        [ApiKey.ListGroups] = 0,
        [ApiKey.ApiVersions] = 0,
        [ApiKey.CreateTopics] = 0,
        [ApiKey.DeleteTopics] = 0,
        [ApiKey.InitProducerId] = 0,
        [ApiKey.AddPartitionsToTxn] = 0,
        [ApiKey.AddOffsetsToTxn] = 0,
        [ApiKey.EndTxn] = 0,
        [ApiKey.WriteTxnMarkers] = 0,
        [ApiKey.TxnOffsetCommit] = 0,
        [ApiKey.DescribeTransactions] = 0,
        [ApiKey.ListTransactions] = 0,
        [ApiKey.ConsumerGroupHeartbeat] = 0,
        [ApiKey.ConsumerGroupDescribe] = 0,
        [ApiKey.ShareGroupHeartbeat] = 0,
        [ApiKey.ShareGroupDescribe] = 0,
        [ApiKey.DescribeShareGroupOffsets] = 0,
        [ApiKey.AlterShareGroupOffsets] = 0,
        [ApiKey.DeleteShareGroupOffsets] = 0,
        [ApiKey.ShareFetch] = 1,
        [ApiKey.ShareAcknowledge] = 1,
        [ApiKey.InitializeShareGroupState] = 0,
        [ApiKey.ReadShareGroupState] = 0,
        [ApiKey.WriteShareGroupState] = 0,
        [ApiKey.DeleteShareGroupState] = 0,
        [ApiKey.ReadShareGroupStateSummary] = 0,
        [ApiKey.DescribeCluster] = 0,
        [ApiKey.UpdateFeatures] = 0,
        [ApiKey.UnregisterBroker] = 0,
        [ApiKey.DeleteRecords] = 0,
        [ApiKey.OffsetForLeaderEpoch] = 0,
        [ApiKey.CreatePartitions] = 0,
        [ApiKey.ElectLeaders] = 0,
        [ApiKey.AlterPartitionReassignments] = 0,
        [ApiKey.ListPartitionReassignments] = 0,
        [ApiKey.DescribeLogDirs] = 0,
        [ApiKey.AlterReplicaLogDirs] = 0,
        [ApiKey.DescribeProducers] = 0,
        [ApiKey.DescribeTopicPartitions] = 0,
        [ApiKey.DescribeConfigs] = 0,
        [ApiKey.AlterConfigs] = 0,
        [ApiKey.DeleteGroups] = 0,
        [ApiKey.IncrementalAlterConfigs] = 0,
        [ApiKey.OffsetDelete] = 0,
        [ApiKey.ListConfigResources] = 0,
        [ApiKey.GetTelemetrySubscriptions] = 0,
        [ApiKey.PushTelemetry] = 0,
    };
}
