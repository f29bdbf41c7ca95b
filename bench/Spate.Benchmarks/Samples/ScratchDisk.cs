using Spate.Storage;
using Spate.Storage.Files;

namespace Spate.Benchmarks.Samples;

/// <summary>A place for logs that is gone when it is disposed.</summary>
internal sealed class ScratchDisk : IDisposable
{
    private const string MemoryRoot = "/bench";
    private const int Seed = 20_261_123;

    private readonly FilePool _files;
    private readonly string _root;
    private int _logs;

    public ScratchDisk(DiskKind kind)
    {
        IFileSystem disk = kind == DiskKind.Memory ? new MemoryFileSystem() : PhysicalFileSystem.Instance;
        _root = kind == DiskKind.Memory ? MemoryRoot : Directory.CreateTempSubdirectory("spate-benchmarks-").FullName;
        disk.CreateDirectory(_root);
        _files = new FilePool(disk);
    }

    /// <summary>An empty log in Kafka's default configuration: segments of 1 GiB, an index entry for every 4 KiB, no flush.</summary>
    public PartitionLog OpenLog() => PartitionLog.Open(new LogOptions
    {
        Directory = Path.Combine(_root, $"orders-{_logs++}"),
        Files = _files,
        Random = new Random(Seed),
    });

    public void Dispose() => _files.FileSystem.DeleteDirectory(_root);
}
