namespace Spate.Client.Hosting.Configuration;

/// <summary>One setting of a set of options, as configurations write it.</summary>
/// <param name="Property">The property's name.</param>
/// <param name="Key">Kafka's key; null where Kafka has none.</param>
/// <param name="Read">Puts a text into options; null when it cannot be read.</param>
/// <param name="Expected">What the text must be under the property's name, for the one who wrote something else.</param>
/// <param name="ExpectedOfKey">What it must be under Kafka's key.</param>
internal sealed record Setting<TOptions>(string Property, string? Key, SettingReader<TOptions> Read, string Expected, string ExpectedOfKey)
    where TOptions : class;
