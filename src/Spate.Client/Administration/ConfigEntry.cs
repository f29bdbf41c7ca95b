namespace Spate.Client.Administration;

/// <summary>A setting as it stands.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Its value; null when it is secret or has none.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">Whether it can be changed only by a restart.</param>
/// <param name="IsSensitive">Whether its value is kept secret.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigEntrySource Source, bool IsReadOnly, bool IsSensitive);
