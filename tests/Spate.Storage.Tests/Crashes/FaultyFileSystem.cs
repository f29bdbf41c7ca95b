using Spate.Storage.Files;

namespace Spate.Storage.Tests.Crashes;

/// <summary>A disk in memory that refuses what the test tells it to refuse. A write that fails has written half of its bytes.</summary>
internal sealed class FaultyFileSystem : IFileSystem
{
    private readonly MemoryFileSystem _disk = new();

    /// <summary>Asked with the name of the operation before each one that changes something; true makes it fail.</summary>
    public Func<string, bool>? FailOn { get; set; }

    public IStorageFile Open(string path, FileOpening opening)
    {
        if (opening == FileOpening.Replace || !_disk.FileExists(path))
        {
            Check("create");
        }

        return new FaultyFile(this, _disk.Open(path, opening));
    }

    public bool FileExists(string path) => _disk.FileExists(path);

    public long FileLength(string path) => _disk.FileLength(path);

    public DateTimeOffset LastWriteTime(string path) => _disk.LastWriteTime(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public void DeleteFile(string path)
    {
        Check("delete");
        _disk.DeleteFile(path);
    }

    public void DeleteDirectory(string path)
    {
        Check("delete directory");
        _disk.DeleteDirectory(path);
    }

    public void MoveFile(string source, string destination)
    {
        Check("move");
        _disk.MoveFile(source, destination);
    }

    public void MoveDirectory(string source, string destination) => _disk.MoveDirectory(source, destination);

    public IReadOnlyList<string> ListFiles(string directory) => _disk.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

    public VolumeSpace SpaceOf(string path) => _disk.SpaceOf(path);

    public void FlushDirectory(string path)
    {
        Check("flush directory");
        _disk.FlushDirectory(path);
    }

    public IDisposable? TryLock(string path) => _disk.TryLock(path);

    private void Check(string operation)
    {
        if (FailOn?.Invoke(operation) == true)
        {
            throw new IOException($"The disk was told to fail to {operation}.");
        }
    }

    private sealed class FaultyFile(FaultyFileSystem owner, IStorageFile file) : IStorageFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            try
            {
                owner.Check("write");
            }
            catch (IOException)
            {
                file.Write(source[..(source.Length / 2)], position);
                throw;
            }

            file.Write(source, position);
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
        {
            foreach (var source in sources)
            {
                Write(source.Span, position);
                position += source.Length;
            }
        }

        public void SetLength(long length)
        {
            owner.Check("set length");
            file.SetLength(length);
        }

        public void Flush()
        {
            owner.Check("flush");
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
