using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Spate.Client.Tests.Producing;
using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;

namespace Spate.Client.Tests.Telemetry;

public sealed class MetricsPushTests : IDisposable
{
    private const sbyte ClientMetrics = 16;
    private const string Pushed = "Pushed ";

    private readonly RecordingLogs _logs = new();
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_broker_that_asks_for_metrics_gets_them_under_the_names_that_Kafka_has_for_them()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await SubscribeAsync(broker, "org.apache.kafka.", intervalMs: 100);
        await using var client = new KafkaClient(Options(broker.BootstrapServers));
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");
        await foreach (var _ in client.ConsumeAsync<string, string>("t", StartPosition.Beginning))
        {
            break;
        }

        // The first push may have come before the record.
        await _logs.Said(Pushed).OrTimeout("a push");
        await _logs.Said(Pushed).OrTimeout("another push");

        var reading = Assert.Single(broker.Server!.ClientTelemetry.Read());
        Assert.Equal(client.ClientInstanceId, reading.InstanceId);
        var sums = reading.Values.Where(one => one.Value.IsSum).ToDictionary(one => one.Key.Name, one => one.Value.Value);
        Assert.Equal(
            [
                "org.apache.kafka.consumer.connection.creation.total", "org.apache.kafka.consumer.fetch.manager.bytes.consumed.total", "org.apache.kafka.consumer.fetch.manager.records.consumed.total",
                "org.apache.kafka.producer.connection.creation.total", "org.apache.kafka.producer.record.error.total", "org.apache.kafka.producer.record.retry.total", "org.apache.kafka.producer.record.send.total",
            ],
            sums.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((1d, 0d, 1d), (sums["org.apache.kafka.producer.record.send.total"], sums["org.apache.kafka.producer.record.error.total"], sums["org.apache.kafka.consumer.fetch.manager.records.consumed.total"]));
        var gauges = reading.Values.Where(one => !one.Value.IsSum).Select(one => $"{one.Key.Name} {one.Key.Labels}".Trim()).ToList();
        Assert.Contains("org.apache.kafka.producer.connection.creation.rate", gauges);
        Assert.Contains("org.apache.kafka.producer.node.request.latency.avg node_id=1", gauges);
        Assert.Contains("org.apache.kafka.consumer.node.request.latency.max node_id=1", gauges);
        Assert.Contains("org.apache.kafka.consumer.poll.idle.ratio.avg", gauges);
        Assert.Equal(0, broker.Server.ClientTelemetry.Figures.UnreadablePushes);
    }

    [Fact]
    public async Task A_client_that_ends_pushes_once_more_and_only_what_is_asked_for()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await SubscribeAsync(broker, "org.apache.kafka.producer.record.", intervalMs: 3_600_000);
        await using (var client = new KafkaClient(Options(broker.BootstrapServers)))
        {
            var asked = _logs.Said("Broker 1");
            await client.ProduceAsync("t", "first").AsTask().OrTimeout("the delivery");
            await asked.OrTimeout("the subscription");
            await client.ProduceAsync("t", "second").AsTask().OrTimeout("the second delivery");
        }

        var values = Assert.Single(broker.Server!.ClientTelemetry.Read()).Values;
        Assert.Equal(2, values.Single(one => one.Key.Name == "org.apache.kafka.producer.record.send.total").Value.Value);
        Assert.All(values.Keys, key => Assert.StartsWith("org.apache.kafka.producer.record.", key.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_must_not_push_does_not_ask_what_is_wanted()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        await using var client = new KafkaClient(Options(broker.BootstrapServers) with { EnableMetricsPush = false });
        await client.ProduceAsync("t", "v").AsTask().OrTimeout("the delivery");

        Assert.Null(client.ClientInstanceId);
        Assert.Equal(0, broker.Server!.ClientTelemetry.InstanceCount);
    }

    [Fact]
    public async Task When_what_is_asked_for_changes_the_client_asks_anew_and_counts_on_from_its_last_push()
    {
        await using var fixture = Fixture();
        var (subscription, answered) = (1, new List<(int Subscription, sbyte Codec, ErrorCode Error)>());
        AnswerSubscriptions(fixture, () => subscription);
        fixture.Broker.On<PushTelemetryRequest, PushTelemetryResponse>(ApiKey.PushTelemetry, 0, 0, (request, _) =>
        {
            var error = request.SubscriptionId != subscription ? ErrorCode.UnknownSubscriptionId : ErrorCode.None;
            answered.Add((request.SubscriptionId, request.CompressionType, error));
            return new PushTelemetryResponse { ErrorCode = error };
        });
        await fixture.Client.ProduceAsync("t", "v").AsTask().WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the delivery");

        await _logs.Said(Pushed).WhileMoving(_clock, TimeSpan.FromSeconds(1), "the first push");
        subscription = 2;
        await _logs.Said(Pushed).WhileMoving(_clock, TimeSpan.FromSeconds(1), "the push after the change");

        Assert.Equal([(1, ErrorCode.None), (1, ErrorCode.UnknownSubscriptionId), (2, ErrorCode.None)], answered.Select(one => (one.Subscription, one.Error)));
        Assert.Equal(2, fixture.Broker.Requests.Count(request => request.Api == ApiKey.GetTelemetrySubscriptions));
    }

    [Fact]
    public async Task A_codec_that_is_refused_after_all_is_not_taken_again()
    {
        await using var fixture = Fixture();
        var codecs = new List<CompressionCodec>();
        AnswerSubscriptions(fixture, static () => 1, CompressionCodec.Gzip, CompressionCodec.None);
        fixture.Broker.On<PushTelemetryRequest, PushTelemetryResponse>(ApiKey.PushTelemetry, 0, 0, (request, _) =>
        {
            codecs.Add((CompressionCodec)request.CompressionType);
            return new PushTelemetryResponse { ErrorCode = codecs.Count == 1 ? ErrorCode.UnsupportedCompressionType : ErrorCode.None };
        });
        await fixture.Client.ProduceAsync("t", "v").AsTask().WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the delivery");

        await _logs.Said(Pushed).WhileMoving(_clock, TimeSpan.FromSeconds(1), "a push");

        Assert.Equal([CompressionCodec.Gzip, CompressionCodec.None], codecs);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidRequest)]
    [InlineData(ErrorCode.InvalidRecord)]
    public async Task A_push_that_is_refused_for_good_is_the_last(ErrorCode error)
    {
        await using var fixture = Fixture();
        AnswerSubscriptions(fixture, static () => 1);
        fixture.Broker.On<PushTelemetryRequest, PushTelemetryResponse>(ApiKey.PushTelemetry, 0, 0, (_, _) => new PushTelemetryResponse { ErrorCode = error });
        await fixture.Client.ProduceAsync("t", "v").AsTask().WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the delivery");

        await _logs.Said("No metrics are pushed any more").WhileMoving(_clock, TimeSpan.FromSeconds(1), "the end of pushing");
        await fixture.Client.DisposeAsync();

        Assert.Single(fixture.Broker.Requests, request => request.Api == ApiKey.PushTelemetry);
    }

    [Fact]
    public async Task A_push_that_came_too_early_is_made_again_an_interval_later_with_what_it_would_have_told()
    {
        await using var fixture = Fixture();
        var times = new List<DateTimeOffset>();
        AnswerSubscriptions(fixture, static () => 1);
        fixture.Broker.On<PushTelemetryRequest, PushTelemetryResponse>(ApiKey.PushTelemetry, 0, 0, (_, _) =>
        {
            times.Add(_clock.GetUtcNow());
            return new PushTelemetryResponse { ErrorCode = times.Count == 1 ? ErrorCode.ThrottlingQuotaExceeded : ErrorCode.None };
        });
        await fixture.Client.ProduceAsync("t", "v").AsTask().WhileMoving(_clock, TimeSpan.FromMilliseconds(5), "the delivery");

        await _logs.Said(Pushed).WhileMoving(_clock, TimeSpan.FromSeconds(1), "a push");

        Assert.Equal(2, times.Count);
        Assert.True(times[1] - times[0] >= TimeSpan.FromMinutes(1), $"The second push came after {times[1] - times[0]}.");
        Assert.Contains(_logs.Lines, line => line.Level == LogLevel.Debug && line.Text.StartsWith("Metrics could not be pushed", StringComparison.Ordinal));
    }

    public void Dispose() => _logs.Dispose();

    private static void AnswerSubscriptions(ProducerFixture fixture, Func<int> subscription, params CompressionCodec[] codecs) =>
        fixture.Broker.On<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>(ApiKey.GetTelemetrySubscriptions, 0, 0, (_, _) => new GetTelemetrySubscriptionsResponse
        {
            ClientInstanceId = new Uuid(1, 2),
            SubscriptionId = subscription(),
            AcceptedCompressionTypes = [.. codecs.Select(codec => (sbyte)codec)],
            PushIntervalMs = 60_000,
            TelemetryMaxBytes = 1024 * 1024,
            DeltaTemporality = true,
            RequestedMetrics = ["*"],
        });

    private static async Task SubscribeAsync(EmbeddedBroker broker, string metrics, int intervalMs)
    {
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = broker.BootstrapServers, EnableMetricsPush = false });
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new IncrementalAlterConfigsRequest.AlterConfigsResource
                {
                    ResourceType = ClientMetrics,
                    ResourceName = "all",
                    Configs =
                    [
                        new IncrementalAlterConfigsRequest.AlterableConfig { Name = "metrics", Value = metrics },
                        new IncrementalAlterConfigsRequest.AlterableConfig { Name = "interval.ms", Value = $"{intervalMs}" },
                    ],
                },
            ],
        };
        using var reply = await cluster.AskAsync(await cluster.AnyNodeAsync(default).OrTimeout("a broker"), request, default).OrTimeout("the subscription");
        Assert.Equal(ErrorCode.None, reply.Message.Responses[0].ErrorCode);
    }

    private ProducerFixture Fixture() => new(change: options => options with { LoggerFactory = _logs, TimeProvider = _clock });

    private KafkaClientOptions Options(string address) => new() { BootstrapServers = address, LoggerFactory = _logs };
}
