using Spate.Storage.Files;

namespace Spate.Storage.Tests.Files;

/// <summary>A disk in memory that counts the files that are open.</summary>
internal sealed class CountingFileSystem : IFileSystem
{
    private readonly MemoryFileSystem _disk = new();

    public int Open { get; private set; }

    IStorageFile IFileSystem.Open(string path, FileOpening opening)
    {
        var file = _disk.Open(path, opening);
        Open++;
        return new CountedFile(this, file);
    }

    public bool FileExists(string path) => _disk.FileExists(path);

    public long FileLength(string path) => _disk.FileLength(path);

    public DateTimeOffset LastWriteTime(string path) => _disk.LastWriteTime(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public void DeleteFile(string path) => _disk.DeleteFile(path);

    public void DeleteDirectory(string path) => _disk.DeleteDirectory(path);

    public void MoveFile(string source, string destination) => _disk.MoveFile(source, destination);

    public void MoveDirectory(string source, string destination) => _disk.MoveDirectory(source, destination);

    public IReadOnlyList<string> ListFiles(string directory) => _disk.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

    public VolumeSpace SpaceOf(string path) => _disk.SpaceOf(path);

    public void FlushDirectory(string path) => _disk.FlushDirectory(path);

    public IDisposable? TryLock(string path) => _disk.TryLock(path);

    private sealed class CountedFile(CountingFileSystem owner, IStorageFile file) : IStorageFile
    {
        private bool _closed;

        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position) => file.Write(sources, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Flush() => file.Flush();

        public void Dispose()
        {
            if (!_closed)
            {
                _closed = true;
                owner.Open--;
                file.Dispose();
            }
        }
    }
}
