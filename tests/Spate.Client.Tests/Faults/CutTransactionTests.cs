using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Testing;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Faults;

/// <summary>
/// Read, process, write, with connections cut at random bytes of both directions and transactions aborted now and then: what comes out, for those who read what is committed, is what went in, once and in order.
/// </summary>
public sealed class CutTransactionTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int PerPartition = 400;
    private const int End = -1;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_comes_out_is_what_went_in(int seed)
    {
        await using var proxy = new CuttingProxy(seed, 600, 5_000);
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions
        {
            AdvertisedAddress = proxy.Address,
            Settings = [$"num.partitions={Partitions}", "transaction.state.log.num.partitions=2"],
        });
        proxy.Target = broker.Port;
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = proxy.Address,
            Seed = seed,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(5),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoffMax = TimeSpan.FromMilliseconds(5),
            Consumer = new ConsumerOptions
            {
                PartitionFetchBytes = 500,
                FetchMaxBytes = 1_000,
                FetchMaxWait = TimeSpan.FromMilliseconds(20),
                OffsetReset = OffsetReset.Earliest,
                IsolationLevel = IsolationLevel.ReadCommitted,
            },
        });
        await using (var writer = client.CreateProducer(new ProducerOptions { BatchSize = 300, Linger = TimeSpan.Zero }))
        {
            await Task.WhenAll(Enumerable.Range(0, Partitions * PerPartition).Select(number =>
                writer.ProduceAsync(new ProducerRecord<NoKey, int>("in", default, number / Partitions) { Partition = number % Partitions }).AsTask())).OrTimeout("what goes in");
        }

        await ProcessAsync(client, new Random(seed)).OrTimeout("everything to be processed");
        for (var partition = 0; partition < Partitions; partition++)
        {
            await client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>("out", default, End) { Partition = partition }).AsTask().OrTimeout("the end");
        }

        var values = await ReadAsync(client).OrTimeout("what came out");
        output.WriteLine($"seed {seed}: {proxy.Cuts} connections were cut");
        Assert.True(proxy.Cuts > 10, $"Only {proxy.Cuts} connections were cut.");
        Assert.All(values, partition => Assert.Equal(Enumerable.Range(0, PerPartition), partition));
    }

    private static async Task ProcessAsync(KafkaClient client, Random random)
    {
        await using var producer = client.CreateProducer(new ProducerOptions { TransactionalId = "processor", BatchSize = 300, Linger = TimeSpan.Zero });
        await using var consumer = client.CreateConsumer(client.Options.Consumer with { GroupId = "processors", AutoCommit = false });
        consumer.Subscribe("in");
        var committed = 0;
        await foreach (var batch in consumer.ConsumeBatchesAsync<NoKey, int>())
        {
            await using var transaction = await producer.BeginTransactionAsync(consumer);
            foreach (var record in batch.Records)
            {
                await transaction.PostAsync(new ProducerRecord<NoKey, int>("out", default, record.Value) { Partition = record.Partition.Partition });
            }

            if (random.Next(4) == 0)
            {
                continue;
            }

            await transaction.CommitAsync();
            committed += batch.Records.Count;
            if (committed >= Partitions * PerPartition)
            {
                return;
            }
        }
    }

    private static async Task<List<int>[]> ReadAsync(KafkaClient client)
    {
        var values = Enumerable.Range(0, Partitions).Select(_ => new List<int>()).ToArray();
        var ended = 0;
        await foreach (var record in client.ConsumeAsync<NoKey, int>("out", StartPosition.Beginning))
        {
            if (record.Value != End)
            {
                values[record.Partition.Partition].Add(record.Value);
            }
            else if (++ended == Partitions)
            {
                break;
            }
        }

        return values;
    }
}
