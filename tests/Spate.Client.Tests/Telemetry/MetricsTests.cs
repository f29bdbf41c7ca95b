using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Producing;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;

namespace Spate.Client.Tests.Telemetry;

[Collection(ListenersCollection.Name)]
public sealed class MetricsTests
{
    [Fact]
    public async Task Batches_that_are_sent_and_read_are_measured_as_the_conventions_say()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var measured = new RecordedMeasurements();
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(30) });
        for (var number = 0; number < 3; number++)
        {
            await producer.PostAsync(ProducerFixture.Value("v")).AsTask().OrTimeout("the record to be taken");
        }

        await producer.FlushAsync().OrTimeout("the flush");
        await using var consumer = client.CreateConsumer();
        await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the assignment");
        await Consume(consumer, 3).OrTimeout("the records");

        var sent = Assert.Single(measured.Of("messaging.client.sent.messages"));
        Assert.Equal(3, sent.Value);
        Assert.Equal(
            ["messaging.destination.name=t", "messaging.destination.partition.id=0", "messaging.operation.name=send", "messaging.system=kafka", "server.address=127.0.0.1", $"server.port={broker.Port}"],
            Texts(sent.Tags));
        var consumed = Assert.Single(measured.Of("messaging.client.consumed.messages"));
        Assert.Equal(3, consumed.Value);
        Assert.Equal(
            ["messaging.destination.name=t", "messaging.destination.partition.id=0", "messaging.operation.name=poll", "messaging.system=kafka", "server.address=127.0.0.1", $"server.port={broker.Port}"],
            Texts(consumed.Tags));
        var durations = measured.Of("messaging.client.operation.duration");
        Assert.Equal(["send/send", "poll/receive"], durations.Select(one => $"{one.Tags["messaging.operation.name"]}/{one.Tags["messaging.operation.type"]}"));
        Assert.All(durations, one => Assert.InRange(one.Value, 0, 60));
    }

    [Fact]
    public async Task What_is_committed_is_measured_at_the_coordinator_and_what_is_refused_by_its_error()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the record");
        await using var consumer = client.CreateConsumer(new ConsumerOptions { GroupId = "g", AutoCommit = false });
        await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the assignment");
        using var measured = new RecordedMeasurements();

        await foreach (var record in consumer.ConsumeAsync<string, string>())
        {
            await consumer.CommitAsync(record).OrTimeout("the commit");
            using var refused = broker.Faults.Refuse(ApiKey.OffsetCommit, ErrorCode.GroupAuthorizationFailed);
            await Assert.ThrowsAnyAsync<KafkaException>(() => consumer.CommitAsync(record)).OrTimeout("the refusal");
            break;
        }

        var commits = measured.Of("messaging.client.operation.duration").Where(one => Equals(one.Tags["messaging.operation.name"], "commit")).ToList();
        string[] expected = ["messaging.consumer.group.name=g", "messaging.operation.name=commit", "messaging.operation.type=settle", "messaging.system=kafka", "server.address=127.0.0.1", $"server.port={broker.Port}"];
        Assert.Equal(expected, Texts(commits[0].Tags));
        Assert.Equal(["error.type=GROUP_AUTHORIZATION_FAILED", .. expected], Texts(commits[1].Tags));
        Assert.Equal(2, commits.Count);
    }

    [Fact]
    public async Task What_could_not_be_delivered_is_measured_with_the_name_of_the_error()
    {
        await using var fixture = new ProducerFixture();
        fixture.Log.Refuse = (_, _) => ErrorCode.InvalidRecord;
        using var measured = new RecordedMeasurements();

        await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", "v").AsTask()).OrTimeout("the refusal");

        Assert.Equal("INVALID_RECORD", Assert.Single(measured.Of("messaging.client.sent.messages")).Tags["error.type"]);
        Assert.Equal("INVALID_RECORD", Assert.Single(measured.Of("messaging.client.operation.duration")).Tags["error.type"]);
    }

    [Fact]
    public async Task Work_is_measured_also_while_nobody_wants_spans()
    {
        using var measured = new RecordedMeasurements();
        var record = new ConsumerRecord<string, string>(new TopicPartition("t", 4), 7, "k", "v");

        using (var processing = record.StartProcessing())
        {
            Assert.Null(processing!.Activity);
            processing.Fail(new TimeoutException());
        }

        var work = Assert.Single(measured.Of("messaging.process.duration"));
        Assert.Equal(
            ["error.type=System.TimeoutException", "messaging.destination.name=t", "messaging.destination.partition.id=4", "messaging.operation.name=process", "messaging.system=kafka"],
            Texts(work.Tags));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_a_client_holds_can_be_asked_for_while_it_lives()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        using var measured = new RecordedMeasurements();
        var id = $"asked-{broker.Port}";
        await using (var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, ClientId = id }))
        {
            await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(30), BatchSize = 4096 });
            await producer.PostAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the first record to be taken");
            Assert.Equal(4096, Assert.Single(measured.Ask("spate.client.producer.buffered", id)).Value);
            await producer.PostAsync(ProducerFixture.Value("b")).AsTask().OrTimeout("the second record to be taken");
            await producer.FlushAsync().OrTimeout("the flush");
            Assert.Equal(0, Assert.Single(measured.Ask("spate.client.producer.buffered", id)).Value);

            await using var consumer = client.CreateConsumer();
            await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the assignment");
            await Consume(consumer, 1).OrTimeout("the first record");

            var lag = Assert.Single(measured.Ask("spate.client.consumer.lag", id));
            Assert.Equal((1d, "t"), (lag.Value, lag.Tags["messaging.destination.name"]));
            Assert.False(lag.Tags.ContainsKey("messaging.operation.name"), "A lag is no operation.");
            var connections = Assert.Single(measured.Ask("spate.client.connections", id));
            Assert.Equal((2d, broker.Port), (connections.Value, connections.Tags["server.port"]));
            Assert.InRange(Assert.Single(measured.Ask("spate.client.requests.in_flight", id)).Value, 0, 2);
            Assert.InRange(Assert.Single(measured.Ask("spate.client.consumer.prefetched", id)).Value, 0, 64 * 1024 * 1024);
        }

        Assert.Empty(measured.Ask("spate.client.connections", id));
    }

    private static Task Consume(Consumer consumer, int count) => Task.Run(async () =>
    {
        await foreach (var _ in consumer.ConsumeAsync<string, string>())
        {
            if (--count == 0)
            {
                break;
            }
        }
    });

    private static IEnumerable<string> Texts(Dictionary<string, object?> tags) => tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
}
