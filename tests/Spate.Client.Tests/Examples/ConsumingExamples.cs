using Spate.Client.Consuming;
using Spate.Client.Tests.Broker;
using Spate.Protocol;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of consuming.</summary>
public sealed class ConsumingExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Positions()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        foreach (var number in Enumerable.Range(0, 10))
        {
            await client.ProduceAsync("events", number);
        }

        var read = new List<int>();

        // <positions>
        var partition = new TopicPartition("events", 0);
        await using var consumer = client.CreateConsumer(new ConsumerOptions { OffsetReset = OffsetReset.Earliest });
        consumer.Assign([partition], StartPosition.At(DateTimeOffset.UtcNow.AddHours(-1)));

        await foreach (var record in consumer.ConsumeAsync<string, int>())
        {
            read.Add(record.Value);
            if (consumer.Lag(partition) == 0)
            {
                break;
            }
        }

        consumer.Seek(partition, StartPosition.At(5));
        // </positions>

        Assert.Equal(Enumerable.Range(0, 10), read);
        await foreach (var record in consumer.ConsumeAsync<string, int>())
        {
            Assert.Equal(5, record.Value);
            break;
        }
    }

    [Fact]
    public async Task Batches()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        await client.ProduceAsync("clicks", "a click");
        var stored = new List<string?>();

        // <batches>
        await using var consumer = client.CreateConsumer();
        await consumer.AssignTopicAsync("clicks", StartPosition.Beginning);

        await foreach (var batch in consumer.ConsumeBatchesAsync<string, string>())
        {
            stored.AddRange(batch.Records.Select(record => record.Value));
            break;
        }
        // </batches>

        Assert.Equal(["a click"], stored);
    }

    [Fact]
    public async Task Unreadable()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        await client.ProduceAsync("numbers", "not four bytes");
        await client.ProduceAsync("numbers", 7);
        var sorry = new List<string>();

        // <unreadable>
        await using var consumer = client.CreateConsumer(new ConsumerOptions
        {
            OnUnreadable = (failure, _) =>
            {
                sorry.Add($"{failure.Partition}@{failure.Offset}: {failure.RawValue?.Length} bytes");
                return ValueTask.CompletedTask;
            },
        });
        // </unreadable>

        await consumer.AssignTopicAsync("numbers", StartPosition.Beginning);
        await foreach (var record in consumer.ConsumeAsync<string, int>())
        {
            Assert.Equal(7, record.Value);
            break;
        }

        Assert.Equal(["numbers-0@0: 14 bytes"], sorry);
    }
}
