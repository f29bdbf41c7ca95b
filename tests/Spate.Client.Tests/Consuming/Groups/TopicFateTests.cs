using System.Text.RegularExpressions;
using Spate.Client.Consuming;
using Spate.Client.Sharing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>What members make of topics that are deleted, and of those that they can never have.</summary>
public sealed class TopicFateTests
{
    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_deleted_topic_is_given_up_at_once_though_its_offsets_cannot_be_committed_and_a_pattern_does_not_bring_it_back(GroupProtocol protocol)
    {
        await using var fixture = await GroupFixture.StartAsync(settings: ["group.consumer.min.heartbeat.interval.ms=20", "group.consumer.heartbeat.interval.ms=20"]);
        await ProduceElsewhereAsync(fixture, "orders.eu", "orders.us");

        // Beyond the patience of this test: whoever waits for the coordinator to know the topic again waits for too long.
        await using var client = new KafkaClient(fixture.Client.Options with { RequestTimeout = TimeSpan.FromMinutes(5), MetadataMaxAge = TimeSpan.FromMilliseconds(20) });
        await using var reader = new GroupReader(
            client, GroupFixture.Options with { GroupProtocol = protocol, AutoCommitInterval = TimeSpan.FromHours(1) }, consumer => consumer.Subscribe(new Regex(@"orders\..*")));
        await Waiting.Until(() => reader.Values.Count == 2, () => "the records of both topics");

        Assert.Null((await client.Admin.Topics.DeleteAsync(["orders.eu"]).OrTimeout("the deletion"))["orders.eu"].Error);
        await Waiting.Until(() => reader.Consumer.Assignment is [{ Topic: "orders.us" }], () => string.Join(", ", reader.Consumer.Assignment));
        await ProduceElsewhereAsync(fixture, "orders.us");
        await Waiting.Until(() => reader.Values.Count == 3, () => "the next record of the topic that is left");
        Assert.DoesNotContain("orders.eu", (await client.Admin.Topics.ListAsync().OrTimeout("the list of topics")).Select(static topic => topic.Name));
    }

    [Theory]
    [InlineData(GroupProtocol.Classic, ErrorCode.InvalidTopic)]
    [InlineData(GroupProtocol.Consumer, ErrorCode.InvalidTopic)]
    [InlineData(GroupProtocol.Consumer, ErrorCode.TopicAuthorizationFailed)]
    public async Task A_topic_that_can_never_be_had_is_told_of_and_the_others_are_read(GroupProtocol protocol, ErrorCode error)
    {
        await using var broker = new FakeBroker();
        var cluster = new FakeCluster();
        cluster.SetTopic("t", (1, 0));
        cluster.SetTopicError("never", error);
        cluster.Add(1, new FakeGroup().Attach(broker));
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, Seed = 1, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        await using var reader = new GroupReader(client, GroupFixture.Options with { GroupProtocol = protocol }, static consumer => consumer.Subscribe("t", "never"));

        var failure = await Assert.ThrowsAsync<KafkaException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.Equal((error, false, false), (failure.ErrorCode, failure.IsRetriable, failure.IsFatal));
        Assert.Contains("topic 'never', which group 'g' subscribes to", failure.Message, StringComparison.Ordinal);
        Assert.True(reader.Consumer.GroupMetadata.Epoch > 0);
    }

    [Fact]
    public async Task A_topic_that_a_share_group_can_never_have_is_told_of()
    {
        await using var broker = new FakeBroker();
        var cluster = new FakeCluster();
        cluster.SetTopic("t", (1, 0));
        cluster.SetTopicError("never", ErrorCode.InvalidTopic);
        cluster.Add(1, new FakeShareGroup(cluster, partitions: 1) { HeartbeatIntervalMs = 20 }.Attach(broker));
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, Seed = 1, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "shared", MaxWait = TimeSpan.FromMilliseconds(5) });
        consumer.Subscribe("t", "never");

        var failure = await Assert.ThrowsAsync<KafkaException>(async () =>
        {
            await using var records = consumer.ReceiveAsync<string, string>().GetAsyncEnumerator();
            await records.MoveNextAsync().AsTask().OrTimeout("the failure");
        });

        Assert.Equal(ErrorCode.InvalidTopic, failure.ErrorCode);
        Assert.Contains("topic 'never', which group 'shared' subscribes to", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("g")]
    public async Task An_enumeration_that_has_nothing_to_wait_for_says_so(string? group)
    {
        await using var client = new KafkaClient("127.0.0.1:1");
        await using var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = group });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var records = consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
            await records.MoveNextAsync().AsTask().OrTimeout("the failure");
        });

        Assert.Contains("call Assign or Subscribe first", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_has_committed_nothing_is_named_where_there_is_no_other_place_to_begin()
    {
        await using var broker = new FakeBroker();
        var cluster = new FakeCluster();
        cluster.SetTopic("t", (1, 0));
        cluster.Add(1, new FakeGroup().Attach(broker));
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address, Seed = 1, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        await using var reader = new GroupReader(client, GroupFixture.Options with { OffsetReset = OffsetReset.Fail });

        var failure = await Assert.ThrowsAsync<KafkaException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.Equal((ErrorCode.OffsetOutOfRange, false), (failure.ErrorCode, failure.IsRetriable));
        Assert.Contains("Group 'g' has committed no offset of t-0", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_age_beyond_all_records_reaches_back_to_the_first_time_there_is() =>
        Assert.Equal(StartPosition.At(DateTimeOffset.UnixEpoch), OffsetReset.ByAge(TimeSpan.MaxValue).Position(TimeProvider.System));

    /// <summary>By a client that ends then, and does not bring topics back.</summary>
    private static async Task ProduceElsewhereAsync(GroupFixture fixture, params string[] topics)
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        foreach (var topic in topics)
        {
            await client.ProduceAsync(topic, topic).AsTask().OrTimeout("the delivery");
        }
    }
}
