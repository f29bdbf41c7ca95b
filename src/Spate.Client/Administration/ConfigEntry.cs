namespace Spate.Client.Administration;

/// <summary>A setting as it stands.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Its value; null when it is secret or has none.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">Whether it can be changed only by a restart.</param>
/// <param name="IsSensitive">Whether its value is kept secret.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigEntrySource Source, bool IsReadOnly, bool IsSensitive)
{
    /// <summary>What kind of value it takes; <see cref="ConfigValueType.Unknown"/> from a broker that does not tell (before Kafka 2.6).</summary>
    public ConfigValueType Type { get; init; }

    /// <summary>What it is for; null unless it was asked for.</summary>
    public string? Documentation { get; init; }

    /// <summary>Every value that there is for it, the one that holds first; empty unless they were asked for.</summary>
    public IReadOnlyList<ConfigSynonym> Synonyms { get; init; } = [];
}
