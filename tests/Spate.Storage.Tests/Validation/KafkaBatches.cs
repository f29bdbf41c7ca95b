using System.Text.Json;

namespace Spate.Storage.Tests.Validation;

/// <summary>Batches that Apache Kafka wrote, beside the repository where they are at hand.</summary>
internal static class KafkaBatches
{
    public static string? Path { get; } = Repository.Shared("vectors", "record-batches.jsonl");

    public static IEnumerable<JsonElement> Read()
    {
        foreach (var line in File.ReadLines(Path!))
        {
            yield return JsonSerializer.Deserialize<JsonElement>(line);
        }
    }

    /// <summary>The records that a vector says its bytes hold, as they are once a topic of create time has taken them.</summary>
    public static IEnumerable<TestRecord> RecordsOf(JsonElement vector) =>
        vector.GetProperty("records").EnumerateArray().Select(record => new TestRecord(
            record.GetProperty("timestamp").GetInt64(),
            record.GetProperty("key").GetString()?.ToUpperInvariant(),
            record.GetProperty("value").GetString()?.ToUpperInvariant(),
            string.Concat(record.GetProperty("headers").EnumerateArray().Select(HeaderOf))));

    private static string HeaderOf(JsonElement header) =>
        $"{Batches.Hex(header[0].GetString()!)}={header[1].GetString()?.ToUpperInvariant() ?? "~"};";
}
