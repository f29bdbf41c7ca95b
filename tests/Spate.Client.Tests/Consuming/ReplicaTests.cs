using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming;

/// <summary>Leaders that send a consumer to a replica nearby (KIP-392), that move (KIP-951), that have lost records (KIP-320), and topics that are made anew (KIP-516).</summary>
public sealed class ReplicaTests
{
    private static readonly ConsumerOptions Failing = new() { OffsetReset = OffsetReset.Fail };

    [Fact]
    public async Task The_replica_that_the_leader_names_is_read_until_the_lease_is_over()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { ClientRack = "b" }, isClockMoved: true);
        fixture.Replicas.Say = static (node, name, _) => node == 1 ? new() { PartitionIndex = name.Partition, HighWatermark = 1, PreferredReadReplica = 2 } : null;
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));

        Assert.Equal(["0:a"], await fixture.NextWhileMovingAsync(1));
        Assert.All(fixture.Replicas.FetchesSoFar(), static fetch => Assert.Equal("b", fetch.Request.RackId));
        Assert.Single(fixture.Replicas.FetchesSoFar(), static fetch => fetch.Node == 1);

        fixture.Clock.Advance(TimeSpan.FromMinutes(5.1));
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "b");
        Assert.Equal(["0:b"], await fixture.NextWhileMovingAsync(1));
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "c");
        Assert.Equal(["0:c"], await fixture.NextWhileMovingAsync(1));
        Assert.Equal(2, fixture.Replicas.FetchesSoFar().Count(static fetch => fetch.Node == 1));
    }

    [Fact]
    public async Task An_offset_that_a_replica_does_not_have_is_asked_of_the_leader_and_nothing_is_reset()
    {
        await using var fixture = new ReplicaFixture(Failing with { ClientRack = "b" });
        var isSent = false;
        fixture.Replicas.Say = (node, name, _) =>
        {
            var sends = node == 1 && !isSent;
            isSent |= sends;
            return sends ? new() { PartitionIndex = name.Partition, PreferredReadReplica = 2 }
                : node == 2 ? new() { PartitionIndex = name.Partition, ErrorCode = ErrorCode.OffsetOutOfRange, HighWatermark = -1 }
                : null;
        };
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));

        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        Assert.Contains(fixture.Replicas.FetchesSoFar(), static fetch => fetch.Node == 2);
        Assert.Empty(fixture.Replicas.Lookups);
    }

    [Fact]
    public async Task A_replica_that_is_gone_is_not_insisted_on()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { ClientRack = "b" });
        var sends = 0;
        fixture.Replicas.Say = (node, name, _) => node == 1 && sends++ < 3 ? new() { PartitionIndex = name.Partition, PreferredReadReplica = 2 } : null;
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        await fixture.Second.DisposeAsync();
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));

        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        Assert.True(sends > 3);
    }

    [Fact]
    public async Task A_replica_that_is_not_known_is_not_asked_and_that_is_told_after_a_while()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { ClientRack = "b" }, isClockMoved: true);
        fixture.Replicas.Say = static (_, name, _) => new() { PartitionIndex = name.Partition, PreferredReadReplica = 9 };
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => fixture.ReadAsync(1).WhileMoving(fixture.Clock, TimeSpan.FromMilliseconds(500), "the failure"));
        Assert.Contains("wants t-0 read from broker 9", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leader_that_has_moved_says_where_to_and_is_believed_before_the_metadata_is()
    {
        await using var fixture = new ReplicaFixture();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a"], await fixture.NextAsync(1));

        // The metadata goes on naming the first broker with the older epoch.
        var third = new FakeBroker();
        await using var thirdBroker = fixture.Replicas.Attach(3, third);
        fixture.Replicas.Endpoints.Add(new() { NodeId = 3, Host = "127.0.0.1", Port = third.Port });
        fixture.Replicas.Say = static (node, name, asked) => node == 3
            ? new() { PartitionIndex = name.Partition, HighWatermark = 2, ErrorCode = asked.CurrentLeaderEpoch == 6 ? ErrorCode.None : ErrorCode.FencedLeaderEpoch }
            : new() { PartitionIndex = name.Partition, HighWatermark = -1, ErrorCode = ErrorCode.NotLeaderOrFollower, CurrentLeader = new() { LeaderId = 3, LeaderEpoch = 6 } };
        fixture.Replicas.Change();

        var reading = fixture.NextAsync(1);
        await WhenTrue(() => fixture.Replicas.FetchesSoFar().Exists(static fetch => fetch.Node == 3));
        Assert.Equal(6, fixture.Replicas.FetchesSoFar().First(static fetch => fetch.Node == 3).Request.Topics[0].Partitions[0].CurrentLeaderEpoch);
        fixture.Replicas.Say = (node, name, asked) => node == 3 && asked.FetchOffset == 1 ? null : new() { PartitionIndex = name.Partition, HighWatermark = 2 };
        fixture.Cluster.SetTopic("t", (3, 6), (1, 5));
        fixture.Cluster.Add(3, third);
        fixture.Replicas.Append(ReplicaFixture.Zero, 6, "b");
        Assert.Equal(["0:b"], await reading);
    }

    [Fact]
    public async Task A_new_leader_that_has_all_that_was_read_is_asked_once_and_read_on()
    {
        await using var fixture = new ReplicaFixture(Failing);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a", "0:b"], await fixture.NextAsync(2));

        fixture.Cluster.SetTopic("t", (2, 7), (2, 7));
        fixture.Replicas.Append(ReplicaFixture.Zero, 7, "c", "d");
        Assert.Equal(["0:c", "0:d"], await fixture.NextAsync(2));

        Assert.Equal((ReplicaFixture.Zero, 5, 7), Assert.Single(fixture.Replicas.Checks));
    }

    [Fact]
    public async Task Records_that_a_new_leader_never_had_are_told_where_nothing_may_be_reset()
    {
        await using var fixture = new ReplicaFixture(Failing);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b", "c");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a", "0:b", "0:c"], await fixture.NextAsync(3));

        fixture.Replicas.AtOnce(() =>
        {
            fixture.Replicas.Truncate(ReplicaFixture.Zero, 1);
            fixture.Replicas.Append(ReplicaFixture.Zero, 7, "B", "C", "D");
            fixture.Cluster.SetTopic("t", (2, 7), (2, 7));
        });

        var failure = await Assert.ThrowsAsync<KafkaLogTruncatedException>(() => fixture.NextAsync(1));
        Assert.Equal((3, 1, ErrorCode.OffsetOutOfRange, ReplicaFixture.Zero), (failure.Offset, failure.DivergentOffset, failure.ErrorCode, failure.Partition!.Value));
        fixture.Consumer.Seek(ReplicaFixture.Zero, StartPosition.At(failure.DivergentOffset!.Value));
        Assert.Equal(["0:B", "0:C", "0:D"], await fixture.NextAsync(3));
    }

    [Fact]
    public async Task Where_resetting_is_allowed_reading_goes_on_where_the_logs_part()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { OffsetReset = OffsetReset.Latest });
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b", "c");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a", "0:b", "0:c"], await fixture.NextAsync(3));

        fixture.Replicas.AtOnce(() =>
        {
            fixture.Replicas.Truncate(ReplicaFixture.Zero, 1);
            fixture.Replicas.Append(ReplicaFixture.Zero, 7, "B", "C", "D");
            fixture.Cluster.SetTopic("t", (2, 7), (2, 7));
        });

        Assert.Equal(["0:B", "0:C", "0:D"], await fixture.NextAsync(3));
    }

    [Fact]
    public async Task What_was_read_ahead_and_is_gone_is_dropped_and_what_was_handed_out_stands()
    {
        await using var fixture = new ReplicaFixture(Failing);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        await using var records = fixture.Consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.True(await records.MoveNextAsync().AsTask().OrTimeout("a"));
        Assert.Equal("a", records.Current.Value);

        // The second record is in hand, and not handed out.
        fixture.Replicas.AtOnce(() =>
        {
            fixture.Replicas.Truncate(ReplicaFixture.Zero, 1);
            fixture.Replicas.Append(ReplicaFixture.Zero, 7, "B");
            fixture.Cluster.SetTopic("t", (2, 7), (2, 7));
        });
        await WhenTrue(() => fixture.Replicas.Checks.Count == 2);
        Assert.True(await records.MoveNextAsync().AsTask().OrTimeout("B"));
        Assert.Equal("B", records.Current.Value);
        Assert.Equal([(ReplicaFixture.Zero, 5, 7), (ReplicaFixture.Zero, 5, 7)], fixture.Replicas.Checks);
    }

    [Fact]
    public async Task A_position_that_comes_with_an_epoch_is_checked_before_anything_is_read()
    {
        await using var fixture = new ReplicaFixture(Failing);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(4, leaderEpoch: 3));
        var failure = await Assert.ThrowsAsync<KafkaLogTruncatedException>(() => fixture.NextAsync(1));
        Assert.Equal((4, null), (failure.Offset, failure.DivergentOffset));
        Assert.Empty(fixture.Replicas.FetchesSoFar());
    }

    [Fact]
    public async Task Brokers_that_cannot_be_asked_about_epochs_are_read_without()
    {
        await using var fixture = new ReplicaFixture(Failing, highest: 11, knowsEpochs: false);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        fixture.Cluster.SetTopic("t", (2, 7), (2, 7));
        fixture.Replicas.Append(ReplicaFixture.Zero, 7, "b");
        Assert.Equal(["0:b"], await fixture.NextAsync(1));
    }

    [Fact]
    public async Task A_broker_of_Kafka_2_1_is_written_to_and_read()
    {
        var cluster = new FakeCluster();
        var log = new FakeLog();
        var replicas = new FakeReplicas(cluster);
        await using var broker = new FakeBroker();
        broker.On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, (_, call) => call.Version <= 2
            ? broker.Offer()
            : new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [new() { ApiKey = (short)ApiKey.ApiVersions, MaxVersion = 2 }] });
        cluster.SetTopic("t", (1, 5));
        cluster.Add(1, log.Attach(broker, highest: 7, highestOfIds: 1), highest: 7);
        replicas.Attach(1, broker, highest: 10, highestOfLookups: 4, highestOfEpochs: 2);
        replicas.Append(ReplicaFixture.Zero, 5, "a");
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.Address });

        await client.ProduceAsync("t", "b").AsTask().OrTimeout("the delivery");
        Assert.Equal(["b"], log.Values("t", 0));
        await foreach (var record in client.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            Assert.Equal("a", record.Value);
            break;
        }
    }

    [Fact]
    public async Task Offsets_are_looked_up_with_the_leaders_epoch()
    {
        await using var fixture = new ReplicaFixture();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.Beginning);
        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        Assert.Equal([(ReplicaFixture.Zero, 5)], fixture.Replicas.Lookups);
    }

    [Fact]
    public async Task A_producer_goes_where_the_leader_that_has_moved_says()
    {
        var cluster = new FakeCluster();
        var log = new FakeLog();
        await using FakeBroker first = new(), second = new();
        cluster.SetTopic("t", (1, 5));
        cluster.Add(1, log.Attach(first, highest: 13));
        log.Attach(second, highest: 13);
        first.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 13, (request, _) => new ProduceResponse
        {
            Responses = [new() { Name = "t", TopicId = request.TopicData[0].TopicId, PartitionResponses = [new() { ErrorCode = ErrorCode.NotLeaderOrFollower, CurrentLeader = new() { LeaderId = 2, LeaderEpoch = 6 } }] }],
            NodeEndpoints = [new() { NodeId = 2, Host = "127.0.0.1", Port = second.Port }],
        });

        // The clock stands still: nothing waits for a backoff, and the metadata goes on naming the first broker.
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = first.Address, Seed = 1, TimeProvider = new FakeTimeProvider() });
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.Zero, EnableIdempotence = false });
        await producer.ProduceAsync(new ProducerRecord<NoKey, string>("t", default, "a")).AsTask().OrTimeout("the delivery");

        Assert.Contains(second.Requests, static request => request.Api == ApiKey.Produce);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(12)]
    public async Task A_topic_that_is_made_anew_is_read_from_where_the_options_say(short version)
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { OffsetReset = OffsetReset.Earliest }, version);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a", "0:b"], await fixture.NextAsync(2));

        MakeAnew(fixture);

        Assert.Equal(["0:A", "0:B", "0:C"], await fixture.NextAsync(3));
    }

    [Fact]
    public async Task A_topic_that_is_made_anew_is_told_of_where_nothing_may_be_reset()
    {
        await using var fixture = new ReplicaFixture(Failing);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        Assert.Equal(["0:a", "0:b"], await fixture.NextAsync(2));

        MakeAnew(fixture);

        var failure = await Assert.ThrowsAsync<KafkaLogTruncatedException>(() => fixture.NextAsync(1));
        Assert.Contains("Topic 't' was deleted and made anew", failure.Message, StringComparison.Ordinal);
        fixture.Consumer.Seek(ReplicaFixture.Zero, StartPosition.Beginning);
        Assert.Equal(["0:A"], await fixture.NextAsync(1));
    }

    /// <summary>The brokers refuse whatever is asked of the topic that was, until the client has found out.</summary>
    private static void MakeAnew(ReplicaFixture fixture)
    {
        // By names only the brokers can keep a fetch at the old position from the new records.
        var isBegun = false;
        fixture.Replicas.Say = (_, _, asked) => (isBegun |= asked.FetchOffset == 0) ? null : new FetchResponse.PartitionData { PartitionIndex = asked.Partition, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        fixture.Replicas.AtOnce(() =>
        {
            fixture.Replicas.Truncate(ReplicaFixture.Zero, 0);
            fixture.Replicas.Append(ReplicaFixture.Zero, 0, "A", "B", "C");
            fixture.Cluster.SetTopic("t", (1, 0), (1, 0));
            fixture.Cluster.SetTopicId("t", new Uuid(8, 8));
            fixture.Replicas.ForgetSessions();
        });
    }

    private static async Task WhenTrue(Func<bool> condition)
    {
        async Task Look()
        {
            while (!condition())
            {
                await Task.Delay(1);
            }
        }

        await Look().OrTimeout("what the test expects");
    }
}
