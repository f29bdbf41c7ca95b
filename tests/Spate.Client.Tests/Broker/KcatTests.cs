using System.Diagnostics;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol.Compression;
using Spate.Testing;

namespace Spate.Client.Tests.Broker;

/// <summary>What this client writes, a client that others wrote reads, and the other way; keys land where Kafka's own client puts them.</summary>
public sealed class KcatTests
{
    [KcatTheory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task Each_reads_what_the_other_writes_and_both_put_a_key_into_the_same_partition(CompressionCodec codec)
    {
        await using var broker = await EmbeddedBroker.StartAsync("num.partitions=7");
        await using var client = new KafkaClient(broker.BootstrapServers);
        await using var producer = client.CreateProducer(new ProducerOptions { Compression = codec });
        var placed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var number = 0; number < 50; number++)
        {
            var record = await producer.ProduceAsync(new ProducerRecord<string, string>("ours", $"key-{number}", $"value {number}")).AsTask().OrTimeout("the delivery");
            placed[$"key-{number}"] = record.Partition.Partition;
        }

        var read = await KcatAsync(broker, "", "-C", "-t", "ours", "-o", "beginning", "-e", "-q", "-f", "%k=%s@%p\\n");
        Assert.Equal(
            placed.Select(pair => $"{pair.Key}=value {pair.Key[4..]}@{pair.Value}"),
            read.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToList().OrderBy(line => line.Split('=')[0], StringComparer.Ordinal));

        await KcatAsync(
            broker, string.Concat(placed.Keys.Select(key => $"{key}={key}\n")),
            "-P", "-t", "theirs", "-K", "=", "-X", "topic.partitioner=murmur2_random", "-z", codec.ToString().ToLowerInvariant());
        var theirs = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await foreach (var record in client.ConsumeAsync<string, string>("theirs", StartPosition.Beginning))
        {
            Assert.Equal(record.Key, record.Value);
            theirs[record.Key!] = record.Partition.Partition;
            if (theirs.Count == placed.Count)
            {
                break;
            }
        }

        Assert.Equal(placed, theirs);
    }

    private static async Task<string> KcatAsync(EmbeddedBroker broker, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(KcatTheoryAttribute.Path!, ["-b", broker.BootstrapServers, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().OrTimeout("kcat to end");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}
