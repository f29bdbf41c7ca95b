using Microsoft.Extensions.Time.Testing;
using Spate.Client.Producing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Producing;

/// <summary>Whoever is told that records were not delivered, or found no room, learns what was in the way, where, and whether a record may be there all the same.</summary>
public sealed class ProducerObstacleTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task No_room_while_a_broker_is_away_names_the_broker_and_why_it_cannot_be_reached()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        await using var producer = fixture.Client.CreateProducer(Small);
        await Warm(producer);
        await fixture.Broker.DisposeAsync();
        var first = producer.ProduceAsync(ProducerFixture.Value(new string('a', 900))).AsTask();

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value(new string('b', 900))).AsTask().WhileMoving(_clock, Step, "the failure"));

        Assert.Contains("no room for a record of topic 't' within 3000 ms: of 1000 bytes 1000 are taken by records that wait to be delivered, the oldest for t-0.", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"Broker 1 ({fixture.Broker.Address}) leads t-0. Nothing answers at {fixture.Broker.Address}", failure.Message, StringComparison.Ordinal);
        Assert.Equal($"1 ({fixture.Broker.Address})", failure.Broker);
        Assert.IsType<KafkaConnectionException>(failure.InnerException);
        await producer.CloseAsync(new CancellationToken(canceled: true)).OrTimeout("the end");
        await Assert.ThrowsAsync<KafkaException>(() => first);
    }

    [Fact]
    public async Task No_room_while_a_broker_is_silent_names_the_broker_and_for_how_long()
    {
        var open = new TaskCompletionSource();
        await using var fixture = new ProducerFixture(change: Patient);
        await using var producer = fixture.Client.CreateProducer(Small);
        await Warm(producer);
        fixture.Broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, 11, async (request, _) =>
        {
            await open.Task;
            return fixture.Log.Produce(request);
        });
        var first = producer.ProduceAsync(ProducerFixture.Value(new string('a', 900))).AsTask();

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value(new string('b', 900))).AsTask().WhileMoving(_clock, Step, "the failure"));
        open.SetResult();
        await first.OrTimeout("the first record");

        Assert.Matches($@"Broker 1 \({fixture.Broker.Address}\), which leads t-0, has not answered for [0-9]+ ms\.", failure.Message);
        Assert.Equal($"1 ({fixture.Broker.Address})", failure.Broker);
    }

    [Fact]
    public async Task Whoever_stands_in_line_for_a_topic_that_nobody_tells_of_is_not_told_of_room()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        fixture.Cluster.SetTopicError("u", ErrorCode.LeaderNotAvailable);
        await using var producer = fixture.Client.CreateProducer(Small);
        var calls = Enumerable.Range(0, 3).Select(_ => producer.ProduceAsync(new ProducerRecord<NoKey, string>("u", default, "v")).AsTask()).ToList();

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => call.WhileMoving(_clock, Step, "the failure"));
            Assert.Contains("Topic 'u' could not be used within 3000 ms: the cluster answers LEADER_NOT_AVAILABLE.", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_partition_that_is_not_there_is_not_waited_for_longer_than_a_call_may()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        await using var producer = fixture.Client.CreateProducer(Small);
        await Warm(producer);
        fixture.Broker.Admit = static (_, _) => false;
        var began = _clock.GetUtcNow();

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value("v", partition: 7)).AsTask().WhileMoving(_clock, Step, "the failure"));

        Assert.InRange(_clock.GetUtcNow() - began, Small.MaxBlock, Small.MaxBlock + TimeSpan.FromSeconds(1));
        Assert.Contains("partition 7 of topic 't' within 3000 ms", failure.Message, StringComparison.Ordinal);
        Assert.Contains(fixture.Broker.Address, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_whose_time_is_up_tells_what_is_so_now_and_that_it_may_be_there()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        await using var producer = fixture.Client.CreateProducer(Small);
        await Warm(producer);
        fixture.Broker.Admit = static (api, _) => api != ApiKey.Produce;
        var requests = fixture.Broker.Requests.Count;
        var first = producer.ProduceAsync(ProducerFixture.Value("a")).AsTask();
        await Waiting.Until(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                return fixture.Broker.Requests.Skip(requests).Any(request => request.Api == ApiKey.Produce);
            },
            () => "the record to be sent");
        await fixture.Broker.DisposeAsync();

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => first.WhileMoving(_clock, Step, "the failure"));

        Assert.Contains($"Broker 1 ({fixture.Broker.Address}) leads t-0. Nothing answers at {fixture.Broker.Address}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Whether it was written all the same is not known.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("A record for t-0 was not delivered (", failure.Message, StringComparison.Ordinal);
        Assert.Equal($"1 ({fixture.Broker.Address})", failure.Broker);
    }

    [Fact]
    public async Task A_record_that_was_never_sent_is_not_said_to_be_there_perhaps()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        await using var producer = fixture.Client.CreateProducer(Small);
        await Warm(producer);
        await fixture.Broker.DisposeAsync();
        await Waiting.Until(() => fixture.Broker.OpenConnections == 0, () => "the connections to end");

        // The first may find the connection still open on this side.
        var calls = Enumerable.Range(0, 2).Select(_ => producer.ProduceAsync(ProducerFixture.Value("a")).AsTask().WhileMoving(_clock, Step, "a failure"));
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<KafkaTimeoutException>(() => call);
        }

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value("b")).AsTask().WhileMoving(_clock, Step, "the failure"));

        Assert.Contains("(0 attempts)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("is not known", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_waits_for_the_producers_id_says_so()
    {
        await using var fixture = new ProducerFixture(change: Patient);
        fixture.Broker.On<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, 5, static (_, _) => new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorLoadInProgress });
        await using var producer = fixture.Client.CreateProducer(Small);

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value("a")).AsTask().WhileMoving(_clock, Step, "the failure"));

        Assert.Contains($"InitProducerId at broker 1 ({fixture.Broker.Address}) failed with COORDINATOR_LOAD_IN_PROGRESS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_whose_partition_has_no_leader_says_so()
    {
        await using var fixture = new ProducerFixture(partitions: 2, change: Patient);
        fixture.Cluster.SetTopic("t", (1, 0), (-1, 0));
        await using var producer = fixture.Client.CreateProducer(Small);

        var failure = await Assert.ThrowsAsync<KafkaTimeoutException>(() => producer.ProduceAsync(ProducerFixture.Value("a", partition: 1)).AsTask().WhileMoving(_clock, Step, "the failure"));

        Assert.Contains("No broker is known to lead t-1.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_is_kept_in_the_picture_for_as_long_as_something_waits_for_it()
    {
        await using var fixture = new ProducerFixture(partitions: 2, change: options => Patient(options) with { MetadataMaxIdle = TimeSpan.FromSeconds(2) });
        fixture.Cluster.SetTopic("t", (1, 0), (-1, 0));
        await using var producer = fixture.Client.CreateProducer(Small with { DeliveryTimeout = TimeSpan.FromSeconds(60) });
        var sent = producer.ProduceAsync(ProducerFixture.Value("a", partition: 1)).AsTask();
        for (var began = _clock.GetUtcNow(); _clock.GetUtcNow() - began < TimeSpan.FromSeconds(10);)
        {
            _clock.Advance(Step);
            await Task.WhenAny(sent, Task.Delay(1));
        }

        fixture.Cluster.SetTopic("t", (1, 1), (1, 1));
        await sent.WhileMoving(_clock, Step, "the delivery");

        Assert.Equal(["a"], fixture.Log.Values("t", 1));
    }

    [Fact]
    public async Task Records_of_a_producer_whose_client_has_ended_are_told_so_at_once()
    {
        await using var fixture = new ProducerFixture();
        var producer = fixture.Client.CreateProducer(new ProducerOptions());
        await producer.ProduceAsync(ProducerFixture.Value("warm")).AsTask().OrTimeout("the first record");
        await fixture.Client.DisposeAsync().AsTask().OrTimeout("the end of the client");

        var failure = await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the failure"));
        await Assert.ThrowsAnyAsync<Exception>(() => producer.ProduceAsync(new ProducerRecord<NoKey, string>("u", default, "v")).AsTask().OrTimeout("the second failure"));
        await producer.DisposeAsync().AsTask().OrTimeout("the end of the producer");

        Assert.True(failure.IsFatal);
        Assert.Contains("The KafkaClient of this producer was disposed before it. Dispose producers first.", failure.Message, StringComparison.Ordinal);
    }

    private static ProducerOptions Small { get; } = new()
    {
        BatchSize = 1000,
        BufferMemory = 1000,
        MaxBlock = TimeSpan.FromSeconds(3),
        DeliveryTimeout = TimeSpan.FromSeconds(8),
        Linger = TimeSpan.Zero,
    };

    private KafkaClientOptions Patient(KafkaClientOptions options) => options with { TimeProvider = _clock, RequestTimeout = TimeSpan.FromSeconds(5), ReconnectBackoffMax = Step, RetryBackoffMax = Step };

    private async Task Warm(Producer producer) =>
        await producer.ProduceAsync(ProducerFixture.Value("warm")).AsTask().WhileMoving(_clock, Step, "the first record");
}
