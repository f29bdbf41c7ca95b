namespace Spate.Broker.Configuration;

/// <summary>One setting as it holds, for those who ask.</summary>
/// <param name="Key">Its declaration.</param>
/// <param name="Value">Its value as a person would write it; null where it has none.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="Synonyms">All values that it could have, the one that wins first.</param>
/// <param name="IsReadOnly">Whether only a restart changes it.</param>
public sealed record DescribedSetting(ConfigKey Key, string? Value, ConfigSource Source, IReadOnlyList<ConfigSynonym> Synonyms, bool IsReadOnly)
{
    public string Name => Key.Name;
}
