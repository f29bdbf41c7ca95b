namespace Spate.Storage.Files;

/// <summary>A directory in memory. Guarded by the lock of its <see cref="MemoryFileSystem"/>.</summary>
internal sealed class MemoryDirectory
{
    public Dictionary<string, MemoryFileContent> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, MemoryDirectory> Directories { get; } = new(StringComparer.Ordinal);

    public void Unlink()
    {
        foreach (var content in Files.Values)
        {
            content.Unlink();
        }

        foreach (var directory in Directories.Values)
        {
            directory.Unlink();
        }
    }
}
