using Spate.Storage.Files;

namespace Spate.Testing;

/// <summary>The disk of one <see cref="EmbeddedBroker"/>, which lives as long as that, over all starts of the broker on it.</summary>
internal sealed class BrokerDisk : IDisposable
{
    private readonly string? _temporaryFolder;

    private BrokerDisk(IFileSystem files, string path, string? temporaryFolder)
    {
        Files = files;
        Path = path;
        _temporaryFolder = temporaryFolder;
    }

    public IFileSystem Files { get; }

    /// <summary>Absolute: what <c>log.dirs</c> says.</summary>
    public string Path { get; }

    public static BrokerDisk Open(EmbeddedStorage storage, TimeProvider time)
    {
        if (storage.FolderPath is { } folder)
        {
            return new BrokerDisk(PhysicalFileSystem.Instance, folder, temporaryFolder: null);
        }

        if (storage.IsTemporaryFolder)
        {
            var created = Directory.CreateTempSubdirectory("spate-").FullName;
            return new BrokerDisk(PhysicalFileSystem.Instance, created, created);
        }

        return new BrokerDisk(new MemoryFileSystem(time: time), System.IO.Path.GetFullPath("/data"), temporaryFolder: null);
    }

    public void Dispose()
    {
        if (_temporaryFolder is not null && Directory.Exists(_temporaryFolder))
        {
            Directory.Delete(_temporaryFolder, recursive: true);
        }
    }
}
