namespace Spate.Broker.Tests.Configuration;

/// <summary>Kafka's own keys, from the facts that lie beside the repository where somebody put them there.</summary>
internal static class KafkaKeys
{
    public static string? Folder { get; } = Find();

    /// <summary>The keys of a table by their names.</summary>
    public static IReadOnlyDictionary<string, KafkaKey> Read(string table) => File.ReadLines(Path.Combine(Folder!, table))
        .Skip(1)
        .Select(line => line.Split('\t'))
        .ToDictionary(cells => cells[0], cells => new KafkaKey(cells[1], Plain(cells[2]), cells[4]), StringComparer.Ordinal);

    /// <summary>"604800000 (7 days)" is 604800000.</summary>
    private static string? Plain(string text)
    {
        var bracket = text.IndexOf(" (", StringComparison.Ordinal);
        var plain = (bracket < 0 ? text : text[..bracket]).Trim().Trim('"');
        return plain is "" or "null" ? null : plain;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Spate.slnx")))
            {
                var facts = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "protocol", "config"));
                return Directory.Exists(facts) ? facts : null;
            }
        }

        return null;
    }
}
