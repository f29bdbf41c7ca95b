using System.Text.Json;

namespace Spate.Protocol.Tests.Records;

/// <summary>Batches that Apache Kafka wrote, beside the repository where they are at hand.</summary>
internal static class RecordVectors
{
    public static string? Path { get; } = Find();

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

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Join(folder.FullName, "Spate.slnx")))
        {
            folder = folder.Parent;
        }

        var path = folder is null ? null : System.IO.Path.Join(folder.FullName, "..", "shared", "vectors", "record-batches.jsonl");
        return File.Exists(path) ? path : null;
    }
}
