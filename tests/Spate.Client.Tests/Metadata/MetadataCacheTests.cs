using Microsoft.Extensions.Time.Testing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Metadata;

public sealed class MetadataCacheTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_topic_is_found_with_its_id_its_leaders_and_their_epochs()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 4), (1, 5));
        await using var cluster = Cluster(broker.Address);

        var topic = await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");

        Assert.False(topic.Id.IsZero);
        Assert.Equal([(1, 4), (1, 5)], topic.Partitions.Select(partition => (partition.Leader, partition.LeaderEpoch)));
        Assert.Same(topic, await cluster.Metadata.GetTopicAsync("orders", Soon, default));
        Assert.Single(fake.Asked);
    }

    [Fact]
    public async Task However_many_find_the_picture_wrong_the_cluster_is_asked_once()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 4));
        await using var cluster = Cluster(broker.Address, clock);
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");
        fake.SetTopic("orders", (2, 5));

        for (var i = 0; i < 100; i++)
        {
            cluster.Metadata.Invalidate();
        }

        await Until(() => cluster.Metadata.Current.Find(new("orders", 0))!.LeaderEpoch == 5, clock);
        Assert.Equal(2, fake.Asked.Count);
    }

    [Fact]
    public async Task The_picture_is_asked_for_anew_when_it_is_old()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 4));
        await using var cluster = Cluster(broker.Address, clock, options => options with { MetadataMaxIdle = TimeSpan.FromHours(1) });
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");
        fake.SetTopic("orders", (1, 5));

        clock.Advance(TimeSpan.FromMinutes(4.9));
        Assert.Single(fake.Asked);
        await Until(() => cluster.Metadata.Current.Find(new("orders", 0))!.LeaderEpoch == 5, clock, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_topic_that_nobody_asks_for_is_let_go_of()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 4));
        await using var cluster = Cluster(broker.Address, clock);
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");

        await Until(() => cluster.Metadata.Current.Topics.Count == 0, clock, TimeSpan.FromMinutes(1));
        Assert.Empty(fake.Asked[^1]);
    }

    [Fact]
    public async Task A_topic_that_was_let_go_of_is_kept_again_when_whoever_had_asked_for_it_comes_back()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 4));
        await using var cluster = Cluster(broker.Address, clock);
        var interest = cluster.Metadata.Watch("orders");
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");
        await Until(() => cluster.Metadata.Current.Topics.Count == 0, clock, TimeSpan.FromMinutes(1));
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic again");

        for (var minute = 0; minute < 12; minute++)
        {
            interest.Touch();
            await cluster.Metadata.RefreshAsync(default).WhileMoving(clock, TimeSpan.FromSeconds(1), "a new picture");
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        interest.Touch();
        await cluster.Metadata.RefreshAsync(default).WhileMoving(clock, TimeSpan.FromSeconds(1), "the last picture");
        Assert.True(cluster.Metadata.Current.Topics.ContainsKey("orders"));
    }

    [Fact]
    public async Task A_broker_that_is_connected_to_is_asked_before_one_that_may_be_away()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        await using var away = fake.Add(2, new FakeBroker());
        await using var cluster = Cluster(broker.Address, clock);
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
        await cluster.Brokers.Find(1).ConnectAsync(default).OrTimeout("a connection");

        for (var round = 0; round < 20; round++)
        {
            await cluster.Metadata.RefreshAsync(default).WhileMoving(clock, TimeSpan.FromSeconds(1), "a new picture");
        }

        Assert.Equal(0, away.ConnectionCount);
    }

    [Fact]
    public async Task An_address_where_nothing_can_be_is_told_of_and_does_not_end_the_asking()
    {
        var clock = new FakeTimeProvider();
        var isSane = false;
        await using var broker = new FakeBroker();
        broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 1, 12, (_, _) => new MetadataResponse
        {
            ClusterId = "fake",
            Brokers = { new MetadataResponse.MetadataResponseBroker { NodeId = 1, Host = Volatile.Read(ref isSane) ? "127.0.0.1" : "", Port = Volatile.Read(ref isSane) ? broker.Port : 70_000 } },
        });
        await using var cluster = Cluster(broker.Address, clock);
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");

        var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => cluster.Brokers.Find(1).ConnectAsync(default).OrTimeout("the failure"));
        await cluster.Metadata.RefreshAsync(default).WhileMoving(clock, TimeSpan.FromSeconds(1), "a new picture");
        Volatile.Write(ref isSane, true);
        await cluster.Metadata.RefreshAsync(default).WhileMoving(clock, TimeSpan.FromSeconds(1), "a picture that is right");

        Assert.Contains("Broker 1 (:70000) is said to be where nothing can be. Check the brokers' advertised.listeners.", failure.Message, StringComparison.Ordinal);
        await cluster.Brokers.Find(1).ConnectAsync(default).OrTimeout("a connection");
    }

    [Fact]
    public async Task A_leader_of_an_older_epoch_does_not_take_the_place_of_a_newer_one()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopic("orders", (1, 7), (1, 7));
        await using var cluster = Cluster(broker.Address, clock);
        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");
        fake.SetTopic("orders", (2, 6), (2, 8));

        await cluster.Metadata.RefreshAsync(default).OrTimeout("a new picture");

        Assert.Equal([(1, 7), (2, 8)], cluster.Metadata.Current.Topics["orders"].Partitions.Select(partition => (partition.Leader, partition.LeaderEpoch)));
    }

    [Fact]
    public async Task When_every_known_broker_is_gone_the_bootstrap_addresses_are_asked_again()
    {
        var clock = new FakeTimeProvider();
        var (before, after) = (new FakeCluster(), new FakeCluster());
        var old = before.Add(1, new FakeBroker());
        await using var bootstrap = before.Add(9, new FakeBroker());
        before.Remove(9);
        after.SetTopic("orders", (2, 0));
        await using var cluster = Cluster(bootstrap.Address, clock);
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");
        Assert.Equal(1, Assert.Single(cluster.Metadata.Current.Nodes).Key);

        await old.DisposeAsync();
        await using var young = after.Add(2, new FakeBroker());
        after.Add(9, bootstrap);
        after.Remove(9);

        var topic = cluster.Metadata.GetTopicAsync("orders", TimeSpan.FromHours(1), default).AsTask();
        await topic.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the new cluster");
        Assert.Equal(2, Assert.Single(cluster.Metadata.Current.Nodes).Key);
    }

    [Fact]
    public async Task A_broker_that_wants_it_sends_the_client_back_to_the_bootstrap_addresses()
    {
        var (before, after) = (new FakeCluster(), new FakeCluster());
        await using var old = before.Add(1, new FakeBroker());
        await using var bootstrap = before.Add(9, new FakeBroker());
        before.Remove(9);
        after.SetTopic("orders", (2, 0));
        await using var cluster = Cluster(bootstrap.Address, change: static options => options with { RetryBackoff = TimeSpan.FromMilliseconds(1) });
        await cluster.Metadata.GetClusterAsync(Soon, default).OrTimeout("the cluster");

        await using var young = after.Add(2, new FakeBroker());
        after.Add(9, bootstrap);
        after.Remove(9);
        old.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 13, 13, static (_, _) => new MetadataResponse { ErrorCode = ErrorCode.RebootstrapRequired });
        old.CutAll();

        await cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the topic");
        Assert.Equal(2, Assert.Single(cluster.Metadata.Current.Nodes).Key);
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_waited_for_and_then_told_with_what_to_do()
    {
        var clock = new FakeTimeProvider();
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        await using var cluster = Cluster(broker.Address, clock);

        var missing = cluster.Metadata.GetTopicAsync("orders", TimeSpan.FromSeconds(2), default).AsTask();
        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => missing.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the failure"));
        Assert.Contains("Topic 'orders' could not be used within 2000 ms: the cluster answers UNKNOWN_TOPIC_OR_PARTITION. Create the topic", failure.Message, StringComparison.Ordinal);

        var late = cluster.Metadata.GetTopicAsync("orders", TimeSpan.FromSeconds(60), default).AsTask();
        fake.SetTopic("orders", (1, 0));
        await late.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the topic");
    }

    [Theory]
    [InlineData(ErrorCode.InvalidTopic)]
    [InlineData(ErrorCode.TopicAuthorizationFailed)]
    public async Task A_topic_that_can_never_be_had_fails_at_once(ErrorCode error)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        fake.SetTopicError("orders", error);
        await using var cluster = Cluster(broker.Address);

        var failure = await Assert.ThrowsAsync<KafkaException>(() => cluster.Metadata.GetTopicAsync("orders", Soon, default).AsTask().OrTimeout("the failure"));

        Assert.Equal((error, false), (failure.ErrorCode, failure.IsRetriable));
        Assert.Contains("topic 'orders'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_nobody_answers_the_failure_names_everybody_who_was_asked()
    {
        int one, two;
        await using (FakeBroker first = new(), second = new())
        {
            (one, two) = (first.Port, second.Port);
        }

        var clock = new FakeTimeProvider();
        await using var cluster = Cluster($"127.0.0.1:{one},127.0.0.1:{two}", clock);

        var asking = cluster.Metadata.GetClusterAsync(TimeSpan.FromSeconds(3), default);
        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => asking.WhileMoving(clock, TimeSpan.FromMilliseconds(50), "the failure"));

        Assert.Contains("within 3000 ms", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{one}", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{two}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData(":9092")]
    [InlineData("::1:9092")]
    [InlineData("a b:9092")]
    [InlineData("good:9092,bad")]
    public void Bootstrap_servers_that_are_not_addresses_are_refused(string text)
    {
        var failure = Assert.Throws<KafkaConfigurationException>(() => new KafkaClient(text));
        Assert.Contains("BootstrapServers", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsFatal);
    }

    [Fact]
    public void Every_fault_of_the_options_is_told_at_once()
    {
        var options = new KafkaClientOptions { BootstrapServers = "", RequestTimeout = TimeSpan.Zero, RetryBackoff = TimeSpan.FromSeconds(-1), ReplyBytesMax = 1 };
        var failure = Assert.Throws<KafkaConfigurationException>(() => new KafkaClient(options));
        foreach (var name in new[] { "BootstrapServers", "RequestTimeout", "RetryBackoff", "ReplyBytesMax" })
        {
            Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        }
    }

    private static Cluster Cluster(string address, TimeProvider? clock = null, Func<KafkaClientOptions, KafkaClientOptions>? change = null)
    {
        var options = new KafkaClientOptions { BootstrapServers = address, Seed = 1, TimeProvider = clock ?? TimeProvider.System };
        return new Cluster(change?.Invoke(options) ?? options);
    }

    private static Task Until(Func<bool> condition, FakeTimeProvider clock, TimeSpan? step = null) =>
        WhenTrue(condition).WhileMoving(clock, step ?? TimeSpan.FromMilliseconds(20), "a newer picture");

    private static async Task WhenTrue(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }
}
