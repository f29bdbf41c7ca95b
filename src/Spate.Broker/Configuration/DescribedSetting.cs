namespace Spate.Broker.Configuration;

/// <summary>One setting of a topic as it holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value as a person would write it.</param>
/// <param name="Source">Where the value comes from.</param>
public readonly record struct DescribedSetting(string Name, string Value, ConfigSource Source);
