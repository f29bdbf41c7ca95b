using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Serialization;
using Spate.Client.Tests.Broker;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of producing.</summary>
public sealed class ProducingExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Hello()
    {
        var bootstrapServers = fixture.Broker.BootstrapServers;
        var lines = new List<string>();

        // <hello>
        await using var client = new KafkaClient(bootstrapServers);
        await client.ProduceAsync("greetings", "world", "hello");

        await foreach (var record in client.ConsumeAsync<string, string>("greetings", StartPosition.Beginning))
        {
            lines.Add($"{record.Partition}@{record.Offset}: {record.Key} {record.Value}");
            break;
        }
        // </hello>

        Assert.Equal(["greetings-0@0: world hello"], lines);
    }

    [Fact]
    public async Task Json()
    {
        var bootstrapServers = fixture.Broker.BootstrapServers;
        var order = new Order("o-1", 2);

        // <json>
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = bootstrapServers,
            Serializers = Serializers.Default.WithJson(ShopJson.Default.Order),
        });

        RecordMetadata placed = await client.ProduceAsync("orders", order.Id, order);
        // </json>

        await foreach (var record in client.ConsumeAsync<string, Order>("orders", StartPosition.Beginning))
        {
            Assert.Equal((order, placed.Offset), (record.Value, record.Offset));
            break;
        }
    }

    [Fact]
    public async Task Throughput()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        var measurements = Enumerable.Range(0, 1000);
        var failed = new List<DeliveryReport>();

        // <throughput>
        await using var producer = client.CreateProducer(new ProducerOptions
        {
            Compression = CompressionCodec.Lz4,
            Linger = TimeSpan.FromMilliseconds(20),
            BatchSize = 64 * 1024,
        });

        foreach (var measurement in measurements)
        {
            // Awaits room, not delivery; the callback hears of each record, in order.
            await producer.PostAsync(
                new ProducerRecord<NoKey, int>("measurements", default, measurement),
                report =>
                {
                    if (report.Error is not null)
                    {
                        failed.Add(report);
                    }
                });
        }

        await producer.FlushAsync();
        // </throughput>

        Assert.Empty(failed);
    }

    [Fact]
    public async Task Whole_record()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        var happened = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

        // <record>
        var record = new ProducerRecord<string, string>("audit", "customer-7", "signed in")
        {
            Timestamp = happened,
            Headers = new RecordHeader[] { new("source", "web"u8.ToArray()) },
        };
        await client.Producer.ProduceAsync(record);
        // </record>

        await foreach (var read in client.ConsumeAsync<string, string>("audit", StartPosition.Beginning))
        {
            Assert.Equal((happened, 1), (read.Timestamp, read.Headers.Count));
            break;
        }
    }
}
