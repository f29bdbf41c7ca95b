namespace Spate.Broker.Configuration;

/// <summary>One of the values that a setting could have, for those who ask why it has the one it has.</summary>
/// <param name="Name">The setting that gives it, which may have another name.</param>
/// <param name="Value">The value as written.</param>
/// <param name="Source">Where it comes from.</param>
public readonly record struct ConfigSynonym(string Name, string Value, ConfigSource Source);
