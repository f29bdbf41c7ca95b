using Spate.Client.Administration;
using Spate.Client.Sharing;
using Spate.Testing;

namespace Spate.Client.Tests.Telemetry;

[Collection(ListenersCollection.Name)]
public sealed class ShareTelemetryTests
{
    [Fact]
    public async Task What_is_given_and_what_is_said_of_it_is_measured_as_the_conventions_say()
    {
        await using var broker = await StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("jobs", "first").AsTask().OrTimeout("the first delivery");
        await client.ProduceAsync("jobs", "second").AsTask().OrTimeout("the second delivery");
        using var measured = new RecordedMeasurements();
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "g", AcknowledgeMode = AcknowledgeMode.Explicit });
        consumer.Subscribe("jobs");
        foreach (var record in await TakeAsync(consumer, 2).OrTimeout("the records"))
        {
            record.Accept();
            Assert.True(record.IsAcknowledged);
        }

        await consumer.CommitAsync().OrTimeout("the answer");

        string[] where = ["messaging.consumer.group.name=g", "messaging.destination.name=jobs", "messaging.destination.partition.id=0"];
        string[] server = ["messaging.system=kafka", "server.address=127.0.0.1", $"server.port={broker.Port}"];
        var consumed = measured.Of("messaging.client.consumed.messages");
        Assert.Equal(2, consumed.Sum(static one => one.Value));
        Assert.All(consumed, one => Assert.Equal([.. where, "messaging.operation.name=poll", .. server], Texts(one.Tags)));
        var acknowledged = measured.Of("spate.client.share.acknowledged");
        Assert.Equal(2, acknowledged.Sum(static one => one.Value));
        Assert.All(acknowledged, one => Assert.Equal([.. where, "messaging.operation.name=acknowledge", "messaging.operation.type=settle", .. server], Texts(one.Tags)));
        Assert.Equal(
            ["acknowledge/settle", "poll/receive"],
            measured.Of("messaging.client.operation.duration").Select(one => $"{one.Tags["messaging.operation.name"]}/{one.Tags["messaging.operation.type"]}").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Work_on_a_record_continues_the_trace_of_who_sent_it_and_says_how_often_it_was_delivered()
    {
        await using var broker = await StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans();
        await client.ProduceAsync("jobs", "work").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "g", AcknowledgeMode = AcknowledgeMode.Explicit });
        consumer.Subscribe("jobs");
        var record = Assert.Single(await TakeAsync(consumer, 1).OrTimeout("the record"));

        record.StartProcessing()!.Dispose();

        var (send, process) = (spans.Ended.ElementAt(0), spans.Ended.ElementAt(1));
        Assert.Equal(("process jobs", send.SpanId, send.TraceId), (process.DisplayName, process.ParentSpanId, process.TraceId));
        Assert.Equal((1, "g"), (process.GetTagItem("spate.kafka.delivery_count"), process.GetTagItem("messaging.consumer.group.name")));
        record.Accept();
    }

    [Fact]
    public async Task What_does_not_count_is_measured_with_the_name_of_the_error()
    {
        await using var broker = await StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("jobs", "work").AsTask().OrTimeout("the delivery");
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "g", AcknowledgeMode = AcknowledgeMode.Explicit, AcknowledgeLinger = TimeSpan.FromHours(1) });
        consumer.Subscribe("jobs");
        var record = Assert.Single(await TakeAsync(consumer, 1).OrTimeout("the record"));
        using var measured = new RecordedMeasurements();
        using var refused = broker.Faults.Refuse(Protocol.Messages.ApiKey.ShareAcknowledge, Protocol.Errors.ErrorCode.KafkaStorageError);

        record.Accept();
        var answered = await consumer.CommitAsync().OrTimeout("the answer");

        Assert.NotNull(answered[new("jobs", 0)]);
        Assert.Equal("KAFKA_STORAGE_ERROR", Assert.Single(measured.Of("spate.client.share.acknowledged")).Tags["error.type"]);
    }

    private static async Task<EmbeddedBroker> StartAsync()
    {
        var broker = await EmbeddedBroker.StartAsync("group.share.min.heartbeat.interval.ms=50", "group.share.heartbeat.interval.ms=50");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Group("g")] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
        }).OrTimeout("the setting");
        return broker;
    }

    private static Task<List<ShareRecord<string, string>>> TakeAsync(ShareConsumer consumer, int count) => Task.Run(async () =>
    {
        var taken = new List<ShareRecord<string, string>>();
        await foreach (var record in consumer.ReceiveAsync<string, string>())
        {
            taken.Add(record);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    });

    private static IEnumerable<string> Texts(Dictionary<string, object?> tags) => tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
}
