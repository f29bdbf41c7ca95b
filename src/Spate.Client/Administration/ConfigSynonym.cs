namespace Spate.Client.Administration;

/// <summary>One of the values that there are for a setting.</summary>
/// <param name="Name">The key that it is set under, which may be another than the setting's, such as <c>log.retention.ms</c> for <c>retention.ms</c>.</param>
/// <param name="Value">The value; null when it is secret or has none.</param>
/// <param name="Source">Where it is set.</param>
public sealed record ConfigSynonym(string Name, string? Value, ConfigEntrySource Source);
