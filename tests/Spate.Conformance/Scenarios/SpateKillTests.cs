using Spate.Client;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Conformance.Processes;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// The program is killed with SIGKILL while Spate.Client writes and reads, and started again: every record is written once and in order, whatever had to be sent
/// again, and read once. SPATE_KILL_SEED moves the moments.
/// </summary>
public sealed class SpateKillTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int Kills = 5;
    private const int DeliveriesBeforeKillMax = 3000;
    private const int EndMark = -1;

    [Fact]
    public async Task Everything_is_written_once_and_read_once_and_in_order()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("SPATE_KILL_SEED") ?? "20240229", System.Globalization.CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var broker = await BrokerProcess.StartAsync(("num.partitions", $"{Partitions}"));
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.Address,
            Seed = seed,
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(100),
            RetryBackoffMax = TimeSpan.FromMilliseconds(100),
        });
        await using var producer = client.CreateProducer(new ProducerOptions { BatchSize = 2000, Linger = TimeSpan.Zero });
        var sent = new List<Task<RecordMetadata>>();
        sent.Add(ProduceAsync(producer, 0));
        await sent[0].WaitAsync(Bounds.Client);
        var reading = ReadAsync(client);

        for (var kill = 0; kill < Kills; kill++)
        {
            var wanted = sent.Count + random.Next(1, DeliveriesBeforeKillMax);
            var killAt = random.Next(sent.Count, wanted);
            while (sent.Count < wanted + 500)
            {
                sent.Add(ProduceAsync(producer, sent.Count));
            }

            // Those behind it are in the client or on the wire when the broker goes.
            await sent[killAt].WaitAsync(Bounds.Client);
            await broker.CrashAndRestartAsync(samePort: true);
        }

        var delivered = await Task.WhenAll(sent).WaitAsync(Bounds.Client);
        Assert.All(delivered, (record, number) => Assert.True(
            record.Partition.Partition == number % Partitions && (record.Offset == number / Partitions || record.Offset == -1), $"record {number} lies at {record}"));
        await Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => ProduceAsync(producer, EndMark, partition))).WaitAsync(Bounds.Client);
        var read = await reading.WaitAsync(Bounds.Client);
        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(
            Enumerable.Range(0, sent.Count).Where(number => number % Partitions == partition), read[partition]));
        output.WriteLine($"{sent.Count} records over {Kills} kills");
    }

    private static Task<RecordMetadata> ProduceAsync(Producer producer, int number, int? partition = null) =>
        producer.ProduceAsync(new ProducerRecord<NoKey, int>("load", default, number) { Partition = partition ?? number % Partitions }).AsTask();

    /// <summary>Reads until the last record of each partition, which bears the mark of the end, was read.</summary>
    private static async Task<List<int>[]> ReadAsync(KafkaClient client)
    {
        var values = Enumerable.Range(0, Partitions).Select(_ => new List<int>()).ToArray();
        var ended = 0;
        await foreach (var record in client.ConsumeAsync<string, int>("load", StartPosition.Beginning))
        {
            if (record.Value != EndMark)
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
