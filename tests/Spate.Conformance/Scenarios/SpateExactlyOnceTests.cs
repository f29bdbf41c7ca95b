using System.Globalization;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Xunit.Abstractions;

namespace Spate.Conformance.Scenarios;

/// <summary>
/// Read, process, write with Spate.Client, while the broker is killed with SIGKILL and started again, and now and then the processor is left in the middle of a transaction and another takes its name: what comes out is
/// what went in, once and in order. SPATE_KILL_SEED moves the moments, SPATE_KILL_ROUNDS says how many there are.
/// </summary>
public sealed class SpateExactlyOnceTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int Records = 4_000;
    private const int End = -1;

    [Fact]
    public async Task What_comes_out_is_what_went_in()
    {
        var seed = Setting("SPATE_KILL_SEED", 20_260_611);
        var rounds = Setting("SPATE_KILL_ROUNDS", 6);
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var broker = await BrokerProcess.StartAsync(("num.partitions", $"{Partitions}"), ("transaction.state.log.num.partitions", "4"), ("log.segment.bytes", "1048576"));
        await using var client = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = broker.Address,
            Seed = seed,
            ReconnectBackoffMax = TimeSpan.FromMilliseconds(100),
            RetryBackoffMax = TimeSpan.FromMilliseconds(100),
            Consumer = new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted, OffsetReset = OffsetReset.Earliest },
        });
        await Task.WhenAll(Enumerable.Range(0, Records).Select(number => ProduceAsync(client, "in", number, number % Partitions))).WaitAsync(Bounds.Client);

        using var commits = new SemaphoreSlim(0);
        var written = Records;
        var processor = new ExactlyOnceProcessor(client, commits);
        for (var round = 0; round < rounds; round++)
        {
            for (var wanted = random.Next(1, 12); wanted > 0; wanted--)
            {
                Assert.True(await commits.WaitAsync(Bounds.Client), $"Nothing was committed in round {round}.");
            }

            if (round % 3 == 2)
            {
                // The one before is still at work when the next one comes with its name.
                processor.Retire();
                var next = new ExactlyOnceProcessor(client, commits);
                written = await FeedAsync(client, written, processor.Running).WaitAsync(Bounds.Client);
                await processor.DisposeAsync();
                processor = next;
            }
            else
            {
                await broker.CrashAndRestartAsync(samePort: true);
            }
        }

        await UntilEverythingIsCommittedAsync(client, written, commits).WaitAsync(Bounds.Client);
        await processor.DisposeAsync();
        await Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => ProduceAsync(client, "out", End, partition))).WaitAsync(Bounds.Client);
        var read = await ReadAsync(client).WaitAsync(Bounds.Client);
        Assert.All(Enumerable.Range(0, Partitions), partition => Assert.Equal(Enumerable.Range(0, written).Where(number => number % Partitions == partition), read[partition]));
        output.WriteLine($"{written} records over {rounds} rounds, the last processor failed {processor.Failures} times");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static Task<RecordMetadata> ProduceAsync(KafkaClient client, string topic, int number, int partition) =>
        client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>(topic, default, number) { Partition = partition }).AsTask();

    /// <summary>Gives the processors work until one of them has been put out: only who has something to commit finds that out.</summary>
    /// <returns>How many records have been written in all.</returns>
    private static async Task<int> FeedAsync(KafkaClient client, int written, Task isOut)
    {
        for (; !isOut.IsCompleted; written += Partitions)
        {
            await Task.WhenAll(Enumerable.Range(written, Partitions).Select(number => ProduceAsync(client, "in", number, number % Partitions)));
        }

        return written;
    }

    private static async Task UntilEverythingIsCommittedAsync(KafkaClient client, int written, SemaphoreSlim commits)
    {
        while (true)
        {
            var offsets = await client.Admin.Groups.ListOffsetsAsync(["processors"], new ListGroupOffsetsOptions { RequireStable = true });
            if (offsets["processors"].Value.Values.Sum(static offset => offset.Value?.Offset ?? 0) >= written)
            {
                return;
            }

            await commits.WaitAsync();
        }
    }

    /// <summary>Reads until the last record of each partition, which bears the mark of the end, was read.</summary>
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
