namespace Spate.Cli.LogFiles;

/// <summary>Bytes that should be a message and are none, as they are shown.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Why">What is wrong with them.</param>
internal sealed record UndecodedBytes(ReadOnlyMemory<byte> Bytes, string Why);
