using System.Diagnostics;
using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Producing;
using Spate.Protocol.Records;
using Spate.Testing;

namespace Spate.Client.Tests.Telemetry;

[Collection(ListenersCollection.Name)]
public sealed class TracingTests
{
    private const string ForeignParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task A_record_is_one_trace_from_the_call_that_sends_it_to_the_end_of_the_work_on_it()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, ClientId = "shop" });
        using var spans = new RecordedSpans();
        using var request = new Activity("request").Start();

        var delivered = await client.ProduceAsync("orders", "customer-7", "two of them").AsTask().OrTimeout("the delivery");

        Assert.Same(request, Activity.Current);
        request.Stop();
        var record = await First(client.ConsumeAsync<string, string>("orders", StartPosition.Beginning)).OrTimeout("the record");
        using (var processing = record.StartProcessing())
        {
            Assert.Same(processing!.Activity, Activity.Current);
        }

        Assert.Null(Activity.Current);
        var (send, process) = (spans.Ended.ElementAt(0), spans.Ended.ElementAt(1));
        Assert.Equal(2, spans.Ended.Count);
        Assert.Equal(("send orders", ActivityKind.Producer, request.SpanId), (send.DisplayName, send.Kind, send.ParentSpanId));
        Assert.Equal(("process orders", ActivityKind.Consumer, send.SpanId, send.TraceId), (process.DisplayName, process.Kind, process.ParentSpanId, process.TraceId));
        Assert.True(process.HasRemoteParent);
        Assert.Equal(
            Tags(
                ("messaging.system", "kafka"), ("messaging.operation.name", "send"), ("messaging.operation.type", "send"), ("messaging.destination.name", "orders"),
                ("messaging.client.id", "shop"), ("messaging.destination.partition.id", $"{delivered.Partition.Partition}"), ("messaging.kafka.offset", 0L),
                ("messaging.kafka.message.key", "customer-7"), ("server.address", "127.0.0.1"), ("server.port", broker.Port)),
            Tags(send));
        Assert.Equal(
            Tags(
                ("messaging.system", "kafka"), ("messaging.operation.name", "process"), ("messaging.operation.type", "process"), ("messaging.destination.name", "orders"),
                ("messaging.client.id", "shop"), ("messaging.destination.partition.id", $"{delivered.Partition.Partition}"), ("messaging.kafka.offset", 0L),
                ("messaging.kafka.message.key", "customer-7")),
            Tags(process));
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Unset), (send.Status, process.Status));
    }

    [Fact]
    public async Task Work_within_something_else_is_part_of_that_and_points_to_who_sent_the_record()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans();
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        var record = await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record");

        using var job = new Activity("job").Start();
        record.StartProcessing()!.Dispose();

        var (send, process) = (spans.Ended.ElementAt(0), spans.Ended.ElementAt(1));
        Assert.Equal((job.SpanId, send.SpanId), (process.ParentSpanId, Assert.Single(process.Links).Context.SpanId));
    }

    [Fact]
    public async Task Work_on_a_batch_points_to_all_who_sent_its_records()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans();
        await using var producer = client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(30) });
        await producer.PostAsync(ProducerFixture.Value("a")).AsTask().OrTimeout("the first record to be taken");
        await producer.PostAsync(ProducerFixture.Value("b")).AsTask().OrTimeout("the second record to be taken");
        await producer.FlushAsync().OrTimeout("the flush");

        await using var consumer = client.CreateConsumer();
        await consumer.AssignTopicAsync("t", StartPosition.Beginning).OrTimeout("the assignment");
        var batch = await First(consumer.ConsumeBatchesAsync<string, string>()).OrTimeout("the batch");
        batch.StartProcessing()!.Dispose();

        var all = spans.Ended.ToArray();
        Assert.Equal(3, all.Length);
        Assert.Equal(2, all[2].GetTagItem("messaging.batch.message_count"));
        Assert.Equal([all[0].SpanId, all[1].SpanId], all[2].Links.Select(link => link.Context.SpanId));
        Assert.Equal(default, all[2].ParentSpanId);
    }

    [Fact]
    public async Task A_context_that_a_record_has_already_stays_and_is_pointed_to()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans();
        var headers = new[] { new RecordHeader("traceparent", Encoding.UTF8.GetBytes(ForeignParent)) };

        await client.Producer.ProduceAsync(ProducerFixture.Value("v") with { Headers = headers }).AsTask().OrTimeout("the delivery");
        var record = await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record");

        Assert.Equal(ForeignParent, Encoding.UTF8.GetString(Assert.Single(record.Headers).Value!));
        Assert.Equal("b7ad6b7169203331", Assert.Single(Assert.Single(spans.Ended).Links).Context.SpanId.ToHexString());
    }

    [Fact]
    public async Task Headers_state_and_baggage_go_along()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans();
        using (var request = new Activity("request").Start())
        {
            request.TraceStateString = "vendor=1";
            request.AddBaggage("tenant", "blue");
            var headers = new[] { new RecordHeader("first", [1]), new RecordHeader("second", null) };
            await client.Producer.ProduceAsync(ProducerFixture.Value("v") with { Headers = headers }).AsTask().OrTimeout("the delivery");
        }

        var record = await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record");
        using var processing = record.StartProcessing();

        Assert.Equal(["first", "second"], record.Headers.Take(2).Select(header => Encoding.UTF8.GetString(header.Key.Span)));
        Assert.Equal(("vendor=1", "blue"), (processing!.Activity!.TraceStateString, processing.Activity.GetBaggageItem("tenant")));
    }

    [Fact]
    public async Task The_context_of_a_span_that_is_not_sampled_goes_along_all_the_same()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        using var spans = new RecordedSpans(ActivitySamplingResult.None);
        using (var request = new Activity("request").Start())
        {
            await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
            var record = await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record");
            Assert.Equal(request.Id, Encoding.UTF8.GetString(Assert.Single(record.Headers).Value!));
        }

        Assert.Empty(spans.Ended);
    }

    [Fact]
    public async Task A_record_that_is_refused_ends_its_span_with_the_name_of_the_error()
    {
        await using var fixture = new ProducerFixture();
        using var spans = new RecordedSpans();

        await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.ProduceAsync("t", new string('x', 2 * 1024 * 1024)).AsTask());
        await Assert.ThrowsAsync<KafkaException>(() => fixture.Client.Producer.ProduceAsync(ProducerFixture.Value("v", partition: 9)).AsTask()).OrTimeout("the refusal");

        Assert.Equal(
            [("MESSAGE_TOO_LARGE", ActivityStatusCode.Error), ("UNKNOWN_TOPIC_OR_PARTITION", ActivityStatusCode.Error)],
            spans.Ended.Select(span => ((string)span.GetTagItem("error.type")!, span.Status)));
    }

    [Fact]
    public async Task Work_that_fails_says_so()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(broker.BootstrapServers);
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        var record = await First(client.ConsumeAsync<string, string>("t", StartPosition.Beginning)).OrTimeout("the record");
        using var spans = new RecordedSpans();

        using (var processing = record.StartProcessing())
        {
            processing!.Fail(new InvalidOperationException("no stock"));
        }

        var process = Assert.Single(spans.Ended);
        Assert.Equal(("System.InvalidOperationException", ActivityStatusCode.Error, "no stock"), (process.GetTagItem("error.type"), process.Status, process.StatusDescription));
        Assert.Equal(default, process.ParentSpanId);
    }

    private static Task<T> First<T>(IAsyncEnumerable<T> all) => Task.Run(async () =>
    {
        await foreach (var one in all)
        {
            return one;
        }

        throw new InvalidOperationException("There was nothing.");
    });

    private static SortedDictionary<string, object?> Tags(params (string Name, object? Value)[] tags) =>
        new(tags.ToDictionary(tag => tag.Name, tag => tag.Value), StringComparer.Ordinal);

    private static SortedDictionary<string, object?> Tags(Activity activity) =>
        new(activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value), StringComparer.Ordinal);
}
