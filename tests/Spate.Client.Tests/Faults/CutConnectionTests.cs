using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Compression;
using Spate.Testing;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Faults;

/// <summary>
/// Connections are cut at random bytes of both directions while records are written and read: every record is there once, in order, and is read once.
/// </summary>
public sealed class CutConnectionTests(ITestOutputHelper output)
{
    private const int Partitions = 3;
    private const int PerPartition = 800;

    [Theory]
    [InlineData(1, CompressionCodec.None)]
    [InlineData(2, CompressionCodec.Lz4)]
    [InlineData(3, CompressionCodec.None)]
    public async Task Every_record_is_written_once_and_read_once_and_in_order(int seed, CompressionCodec codec)
    {
        await using var proxy = new CuttingProxy(seed, 500, 8_000);
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { AdvertisedAddress = proxy.Address, Settings = [$"num.partitions={Partitions}"] });
        proxy.Target = broker.Port;
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = proxy.Address,
            Seed = seed,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(5),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoffMax = TimeSpan.FromMilliseconds(5),

            // An answer that no connection lasts for would be asked for in vain for ever.
            Consumer = new ConsumerOptions { PartitionFetchBytes = 1_000, FetchMaxBytes = 3_000, FetchMaxWait = TimeSpan.FromMilliseconds(20) },
        });
        await using var producer = client.CreateProducer(new ProducerOptions { BatchSize = 700, Linger = TimeSpan.Zero, Compression = codec });
        var read = ReadAsync(client);

        var sent = new List<Task<RecordMetadata>>();
        for (var number = 0; number < Partitions * PerPartition; number++)
        {
            sent.Add(producer.ProduceAsync(new ProducerRecord<NoKey, int>("t", default, number / Partitions) { Partition = number % Partitions }).AsTask());
        }

        var delivered = await Task.WhenAll(sent).OrTimeout("all deliveries");
        var values = await read.OrTimeout("all records");

        output.WriteLine($"seed {seed}: {proxy.Cuts} connections were cut");
        Assert.True(proxy.Cuts > 10, $"Only {proxy.Cuts} connections were cut.");
        Assert.All(delivered, (record, number) => Assert.True(record.Offset == number / Partitions || record.Offset == -1, $"record {number} has offset {record.Offset}"));
        Assert.All(values, partition => Assert.Equal(Enumerable.Range(0, PerPartition), partition));
    }

    private static async Task<List<int>[]> ReadAsync(KafkaClient client)
    {
        var values = Enumerable.Range(0, Partitions).Select(_ => new List<int>()).ToArray();
        var count = 0;
        await foreach (var record in client.ConsumeAsync<string, int>("t", StartPosition.Beginning))
        {
            Assert.Equal(values[record.Partition.Partition].Count, record.Offset);
            values[record.Partition.Partition].Add(record.Value);
            if (++count == Partitions * PerPartition)
            {
                break;
            }
        }

        return values;
    }
}
