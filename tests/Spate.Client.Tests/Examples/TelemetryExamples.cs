using Spate.Client.Consuming;
using Spate.Client.Tests.Broker;
using Spate.Client.Tests.Telemetry;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of tracing.</summary>
[Collection(ListenersCollection.Name)]
public sealed class TelemetryExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Work_on_a_record_is_a_span()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        await client.ProduceAsync("shipments", "box").AsTask().OrTimeout("the record");
        using var spans = new RecordedSpans();

        // <processing>
        await foreach (var record in client.ConsumeAsync<string, string>("shipments", StartPosition.Beginning))
        {
            using var processing = record.StartProcessing();
            try
            {
                await ShipAsync(record.Value!);
            }
            catch (Exception failure)
            {
                processing?.Fail(failure);
                throw;
            }

            break;
        }
        // </processing>

        Assert.Contains("process shipments", spans.Ended.Select(span => span.DisplayName));
    }

    private static Task ShipAsync(string value) => Task.FromResult(value);
}
