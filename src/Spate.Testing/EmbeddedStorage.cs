namespace Spate.Testing;

/// <summary>Where an <see cref="EmbeddedBroker"/> keeps its logs. Immutable.</summary>
public sealed class EmbeddedStorage
{
    private EmbeddedStorage(string? folder, bool isTemporary)
    {
        FolderPath = folder;
        IsTemporaryFolder = isTemporary;
    }

    /// <summary>In the memory of this process: the fastest, and gone with the <see cref="EmbeddedBroker"/>. It outlives a stop, a kill and a restart.</summary>
    public static EmbeddedStorage Memory { get; } = new(null, isTemporary: false);

    /// <summary>In a new folder below the system's temporary one, deleted when the <see cref="EmbeddedBroker"/> is disposed.</summary>
    public static EmbeddedStorage TemporaryFolder { get; } = new(null, isTemporary: true);

    /// <summary>The folder that was named; null for the other two.</summary>
    internal string? FolderPath { get; }

    internal bool IsTemporaryFolder { get; }

    /// <summary>In a folder of the caller's, which is made when it is missing and never deleted. It may hold what another broker left.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static EmbeddedStorage Folder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new EmbeddedStorage(Path.GetFullPath(path), isTemporary: false);
    }
}
