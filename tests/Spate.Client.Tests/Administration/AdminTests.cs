using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;

namespace Spate.Client.Tests.Administration;

public sealed class AdminTests
{
    [Fact]
    public async Task Topics_are_created_described_listed_enlarged_and_deleted_each_with_a_result_of_its_own()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        var admin = client.Admin;

        var created = await admin.CreateTopicsAsync([new NewTopic("a") { Partitions = 3 }, new NewTopic("b"), new NewTopic("no/name")]).OrTimeout("the creation");
        Assert.False(created["a"].Value.IsZero);
        Assert.True(created["b"].IsSuccess);
        Assert.Equal(ErrorCode.InvalidTopic, created["no/name"].Error!.ErrorCode);
        Assert.Contains("topic 'no/name'", created["no/name"].Error!.Message, StringComparison.Ordinal);
        Assert.Throws<KafkaException>(() => created["no/name"].Value);

        var again = await admin.CreateTopicsAsync([new NewTopic("a")]).OrTimeout("the second creation");
        Assert.Equal(ErrorCode.TopicAlreadyExists, again["a"].Error!.ErrorCode);
        var tried = await admin.CreateTopicsAsync([new NewTopic("c")], validateOnly: true).OrTimeout("the trial");
        Assert.True(tried["c"].IsSuccess);
        Assert.Equal(["a", "b"], await admin.ListTopicsAsync().OrTimeout("the list"));

        var described = await admin.DescribeTopicsAsync(["a", "nowhere"]).OrTimeout("the description");
        Assert.Equal((created["a"].Value, 3), (described["a"].Value.Id, described["a"].Value.Partitions.Count));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described["nowhere"].Error!.ErrorCode);
        Assert.Equal(["a", "b"], await admin.ListTopicsAsync().OrTimeout("the list"));

        var enlarged = await admin.CreatePartitionsAsync(new Dictionary<string, int> { ["b"] = 4, ["a"] = 1 }).OrTimeout("the enlargement");
        Assert.Equal(4, enlarged["b"].Value);
        Assert.Equal(ErrorCode.InvalidPartitions, enlarged["a"].Error!.ErrorCode);

        var deleted = await admin.DeleteTopicsAsync(["a", "nowhere"]).OrTimeout("the deletion");
        Assert.Equal("a", deleted["a"].Value);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, deleted["nowhere"].Error!.ErrorCode);
        Assert.Equal(["b"], await admin.ListTopicsAsync().OrTimeout("the list"));
    }

    [Fact]
    public async Task Offsets_are_found_by_mark_and_by_time()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        for (var number = 0; number < 3; number++)
        {
            await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        }

        var end = await client.Admin.ListOffsetsAsync(new Dictionary<TopicPartition, StartPosition> { [new("t", 0)] = StartPosition.End, [new("t", 7)] = StartPosition.End }).OrTimeout("the ends");
        var start = await client.Admin.ListOffsetsAsync(new Dictionary<TopicPartition, StartPosition> { [new("t", 0)] = StartPosition.Beginning }).OrTimeout("the starts");
        var late = await client.Admin.ListOffsetsAsync(new Dictionary<TopicPartition, StartPosition> { [new("t", 0)] = StartPosition.At(DateTimeOffset.UtcNow.AddDays(1)) }).OrTimeout("the times");

        Assert.Equal((3L, 0L, -1L), (end[new("t", 0)].Value, start[new("t", 0)].Value, late[new("t", 0)].Value));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, end[new("t", 7)].Error!.ErrorCode);
    }

    [Fact]
    public async Task The_cluster_describes_itself()
    {
        await using var broker = await EmbeddedBroker.StartAsync("node.id=5");
        await using var client = new KafkaClient(broker.BootstrapServers);
        var cluster = await client.Admin.DescribeClusterAsync().OrTimeout("the description");
        Assert.Equal((5, new ServerAddress("127.0.0.1", broker.Port)), (Assert.Single(cluster.Brokers).Id, cluster.Brokers[0].Address));
        Assert.NotNull(cluster.ClusterId);
    }

    [Fact]
    public async Task Settings_are_read_and_changed_at_the_broker_that_knows_them()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        var changed = new List<string>();
        foreach (var (id, broker) in new[] { (1, one), (2, two) })
        {
            broker.On<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 1, 4, (request, _) => new DescribeConfigsResponse
            {
                Results = [.. request.Resources.Select(resource => new DescribeConfigsResponse.DescribeConfigsResult
                {
                    ResourceType = resource.ResourceType,
                    ResourceName = resource.ResourceName,
                    ErrorCode = resource.ResourceName == "nowhere" ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None,
                    Configs = [new() { Name = "answered.by", Value = $"{id}", ConfigSource = 5 }],
                })],
            });
            broker.On<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(ApiKey.IncrementalAlterConfigs, 0, 1, (request, _) =>
            {
                changed.AddRange(request.Resources.SelectMany(resource => resource.Configs.Select(config => $"{id}:{resource.ResourceName}:{config.Name}={config.Value}:{config.ConfigOperation}")));
                return new IncrementalAlterConfigsResponse { Responses = [.. request.Resources.Select(resource => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName })] };
            });
        }

        await using var client = new KafkaClient($"{one.Address},{two.Address}");
        var described = await client.Admin.DescribeConfigsAsync([ConfigResource.Broker(2), ConfigResource.Topic("t"), ConfigResource.Topic("nowhere")]).OrTimeout("the settings");
        Assert.Equal(("2", ConfigEntrySource.Default), (described[ConfigResource.Broker(2)].Value["answered.by"].Value, described[ConfigResource.Broker(2)].Value["answered.by"].Source));
        Assert.True(described[ConfigResource.Topic("t")].IsSuccess);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described[ConfigResource.Topic("nowhere")].Error!.ErrorCode);

        var altered = await client.Admin.AlterConfigsAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Broker(2)] = [ConfigChange.Set("a", "1"), ConfigChange.Reset("b"), ConfigChange.Append("c", "2"), ConfigChange.Subtract("d", "3")],
        }).OrTimeout("the change");
        Assert.True(altered[ConfigResource.Broker(2)].IsSuccess);
        Assert.Equal(["2:2:a=1:0", "2:2:b=:1", "2:2:c=2:2", "2:2:d=3:3"], changed);
    }

    [Fact]
    public async Task A_controller_that_has_moved_is_looked_for()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        var asked = 0;
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (request, _) => new CreateTopicsResponse
        {
            Topics = [new() { Name = request.Topics[0].Name, ErrorCode = ++asked < 3 ? ErrorCode.NotController : ErrorCode.None }],
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });

        Assert.True((await client.Admin.CreateTopicsAsync([new NewTopic("t")]).OrTimeout("the creation"))["t"].IsSuccess);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_broker_that_never_answers_is_given_up_in_time()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, (_, call) =>
        {
            call.Cut();
            return (CreateTopicsResponse?)null;
        });
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, ApiTimeout = TimeSpan.FromMilliseconds(400) });

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => client.Admin.CreateTopicsAsync([new NewTopic("t")]).OrTimeout("the failure"));
        Assert.Contains("CreateTopics was not done within 400 ms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.CreateTopicsAsync([new NewTopic("")]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.CreateTopicsAsync([new NewTopic("t"), new NewTopic("t")]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.Admin.DeleteTopicsAsync(["t", "t"]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => client.Admin.DescribeTopicsAsync(null!));
        Assert.Throws<ArgumentException>(() => ConfigChange.Set("", "v"));
    }
}
