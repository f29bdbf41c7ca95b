using System.Text.Json;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>Messages as Apache Kafka 3.9 writes them: what they hold, and that writing them again gives the same bytes.</summary>
public class MessageVectorTests
{
    private const int LeastVectors = 2_000;

    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["ListClientMetricsResourcesRequest"] = "ListConfigResourcesRequest",
        ["ListClientMetricsResourcesResponse"] = "ListConfigResourcesResponse",
    };

    /// <summary>
    /// Their version 0 was changed between early access, where the vectors come from, and the release: partitions got a leader epoch, share groups a hash of their
    /// topics and the share partitions that are being initialized.
    /// </summary>
    private static readonly HashSet<string> ChangedAfterEarlyAccess =
        ["ReadShareGroupStateSummaryResponse", "ShareGroupMetadataValue", "ShareGroupPartitionMetadataValue", "ShareGroupStatePartitionMetadataValue"];

    [SharedFact("vectors", "messages")]
    public void Every_vector_reads_as_its_values_and_is_written_back_byte_for_byte()
    {
        var failures = new List<string>();
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(Repository.Shared("vectors", "messages")!, "*.jsonl").Order())
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (ChangedAfterEarlyAccess.Contains(name))
            {
                continue;
            }

            var type = MessageType.Named(Renamed.GetValueOrDefault(name, name));
            foreach (var line in File.ReadLines(file))
            {
                count++;
                if (Check(type, line) is { } failure)
                {
                    failures.Add($"{name}: {failure}: {line[..Math.Min(line.Length, 200)]}");
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures.Take(20))}");
        Assert.True(count > LeastVectors, $"Only {count} vectors were found.");
    }

    private static string? Check(MessageType type, string line)
    {
        using var vector = JsonDocument.Parse(line);
        var version = vector.RootElement.GetProperty("version").GetInt16();
        var bytes = Convert.FromHexString(vector.RootElement.GetProperty("hex").GetString()!);
        try
        {
            var message = type.Decode(bytes, version);
            return MessageVector.Difference(message, vector.RootElement.GetProperty("value"))
                ?? (MessageType.Encode(message, version).AsSpan().SequenceEqual(bytes) ? null : "other bytes were written");
        }
        catch (Exception e) when (e is MalformedMessageException or UnsupportedFieldException or ArgumentOutOfRangeException)
        {
            return e.Message;
        }
    }
}
