namespace Spate.Storage.Files;

/// <summary>The room on a volume.</summary>
/// <param name="TotalBytes">Bytes of the whole volume.</param>
/// <param name="UsableBytes">Bytes of it that this process can still take.</param>
public readonly record struct VolumeSpace(long TotalBytes, long UsableBytes);
