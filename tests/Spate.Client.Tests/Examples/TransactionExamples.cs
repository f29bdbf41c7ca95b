using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Serialization;
using Spate.Client.Tests.Broker;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of transactions.</summary>
public sealed class TransactionExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task All_or_nothing()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);

        // <transaction>
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "transfers" });

        await using (var transaction = await producer.BeginTransactionAsync())
        {
            await transaction.ProduceAsync("accounts", "alice", -5);
            await transaction.ProduceAsync("accounts", "bob", +5);
            await transaction.CommitAsync();
        }
        // </transaction>

        await using var consumer = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        await consumer.AssignTopicAsync("accounts", StartPosition.Beginning);
        var sum = 0;
        var count = 0;
        await foreach (var record in consumer.ConsumeAsync<string, int>())
        {
            sum += record.Value;
            if (++count == 2)
            {
                break;
            }
        }

        Assert.Equal(0, sum);
    }

    [Fact]
    public async Task Read_process_write()
    {
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = fixture.Broker.BootstrapServers,
            Serializers = Serializers.Default.WithJson(ShopJson.Default.Order),
        });
        await client.ProduceAsync("baskets", "1", new Order("1", 2));
        await client.ProduceAsync("baskets", "1", new Order("2", 3));
        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "counter-1" });
        var processing = Assert.ThrowsAnyAsync<OperationCanceledException>(() => ProcessAsync(client, producer, stopping.Token));

        await using var reader = client.CreateConsumer(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted });
        await reader.AssignTopicAsync("counts", StartPosition.Beginning, stopping.Token);
        var counts = new List<int>();
        await foreach (var record in reader.ConsumeAsync<string, int>(stopping.Token))
        {
            counts.Add(record.Value);
            if (counts.Count == 2)
            {
                break;
            }
        }

        await stopping.CancelAsync();
        await processing;
        Assert.Equal([2, 3], counts);
    }

    private static async Task ProcessAsync(KafkaClient client, Producer producer, CancellationToken stopping)
    {
        var troubles = new List<string>();

        // <exactly-once>
        await using var consumer = client.CreateConsumer(new ConsumerOptions
        {
            GroupId = "counters",
            AutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
            OffsetReset = OffsetReset.Earliest,
        });
        consumer.Subscribe("baskets");

        while (true)
        {
            try
            {
                await foreach (var batch in consumer.ConsumeBatchesAsync<string, Order>(stopping))
                {
                    // What the consumer has handed out is committed with what is produced, or handed out again.
                    await using var transaction = await producer.BeginTransactionAsync(consumer, stopping);
                    foreach (var record in batch.Records)
                    {
                        await transaction.PostAsync(new ProducerRecord<string, int>("counts", record.Key, record.Value!.Quantity));
                    }

                    await transaction.CommitAsync(stopping);
                }
            }
            catch (KafkaException failure) when (!failure.IsFatal)
            {
                // The transaction was aborted, and the same records come again.
                troubles.Add(failure.Message);
            }
        }
        // </exactly-once>
    }
}
