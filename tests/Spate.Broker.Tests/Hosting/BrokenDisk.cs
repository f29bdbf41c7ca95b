using Spate.Storage.Files;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A disk in memory of which some paths begin to fail when a test says so, those of files that are open already among them.</summary>
internal sealed class BrokenDisk : IFileSystem
{
    private readonly MemoryFileSystem _files = new();

    /// <summary>What fails: the path that is touched, and whether it is written.</summary>
    public volatile Func<string, bool, bool> Fails = static (_, _) => false;

    /// <summary>Everything under a directory fails from now on.</summary>
    public void Break(string directory) => Fails = (path, _) => path.StartsWith(directory, StringComparison.Ordinal);

    public IStorageFile Open(string path, FileOpening opening) => new BrokenFile(this, _files.Open(Check(path, opening != FileOpening.Read), opening));

    public bool FileExists(string path) => _files.FileExists(Check(path));

    public long FileLength(string path) => _files.FileLength(Check(path));

    public DateTimeOffset LastWriteTime(string path) => _files.LastWriteTime(Check(path));

    public bool DirectoryExists(string path) => _files.DirectoryExists(Check(path));

    public void CreateDirectory(string path) => _files.CreateDirectory(Check(path, true));

    public void DeleteFile(string path) => _files.DeleteFile(Check(path, true));

    public void DeleteDirectory(string path) => _files.DeleteDirectory(Check(path, true));

    public void MoveFile(string source, string destination) => _files.MoveFile(Check(source, true), destination);

    public void MoveDirectory(string source, string destination) => _files.MoveDirectory(Check(source, true), destination);

    public IReadOnlyList<string> ListFiles(string directory) => _files.ListFiles(Check(directory));

    public IReadOnlyList<string> ListDirectories(string directory) => _files.ListDirectories(Check(directory));

    public VolumeSpace SpaceOf(string path) => _files.SpaceOf(Check(path));

    public void FlushDirectory(string path) => _files.FlushDirectory(Check(path, true));

    public IDisposable? TryLock(string path) => _files.TryLock(Check(path));

    private string Check(string path, bool writes = false) => Fails(path, writes) ? throw new IOException($"The disk refuses '{path}'.") : path;

    private sealed class BrokenFile(BrokenDisk disk, IStorageFile file) : IStorageFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position)
        {
            disk.Check(Path);
            return file.Read(destination, position);
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            disk.Check(Path, true);
            file.Write(source, position);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
        {
            disk.Check(Path, true);
            file.Write(sources, position);
        }

        public void SetLength(long length)
        {
            disk.Check(Path, true);
            file.SetLength(length);
        }

        public void Flush()
        {
            disk.Check(Path, true);
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
