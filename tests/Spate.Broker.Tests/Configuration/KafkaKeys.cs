namespace Spate.Broker.Tests.Configuration;

/// <summary>Kafka's own keys, from the facts that lie beside the repository where somebody put them there.</summary>
internal static class KafkaKeys
{
    public static string? Folder { get; } = Repository.Shared("protocol", "config");

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
}
