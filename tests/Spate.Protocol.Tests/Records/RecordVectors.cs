using System.Text.Json;

namespace Spate.Protocol.Tests.Records;

/// <summary>Batches that Apache Kafka wrote, beside the repository where they are at hand.</summary>
internal static class RecordVectors
{
    public static string? Path { get; } = Repository.Shared("vectors", "record-batches.jsonl");

    public static List<JsonElement> Read()
    {
        var vectors = new List<JsonElement>();
        foreach (var line in File.ReadLines(Path!))
        {
            using var document = JsonDocument.Parse(line);
            vectors.Add(document.RootElement.Clone());
        }

        return vectors;
    }
}
