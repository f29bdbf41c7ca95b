using Spate.Storage.Files;

namespace Spate.Storage.Tests.Crashes;

/// <summary>
/// A disk in memory that writes down every change in order, so that the disk of any moment can be made again: with what a process that died
/// then would have left, or with what a loss of power would have.
/// </summary>
internal sealed class JournaledFileSystem : IFileSystem
{
    private readonly MemoryFileSystem _disk = new();
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private int _nextFile;

    public List<DiskOperation> Journal { get; } = [];

    public long BytesRead { get; private set; }

    public IStorageFile Open(string path, FileOpening opening)
    {
        var exists = _disk.FileExists(path);
        var file = _disk.Open(path, opening);
        if (!exists)
        {
            _files[path] = _nextFile++;
            Journal.Add(new DiskOperation.Create(_files[path], path));
        }
        else if (opening == FileOpening.Replace)
        {
            Journal.Add(new DiskOperation.SetLength(_files[path], 0));
        }

        return new JournaledFile(this, file, _files[path]);
    }

    public bool FileExists(string path) => _disk.FileExists(path);

    public long FileLength(string path) => _disk.FileLength(path);

    public DateTimeOffset LastWriteTime(string path) => _disk.LastWriteTime(path);

    public bool DirectoryExists(string path) => _disk.DirectoryExists(path);

    public void CreateDirectory(string path)
    {
        if (!_disk.DirectoryExists(path))
        {
            _disk.CreateDirectory(path);
            Journal.Add(new DiskOperation.CreateDirectory(path));
        }
    }

    public void DeleteFile(string path)
    {
        if (_files.Remove(path))
        {
            _disk.DeleteFile(path);
            Journal.Add(new DiskOperation.Delete(path));
        }
    }

    public void MoveFile(string source, string destination)
    {
        _disk.MoveFile(source, destination);
        _files.Remove(source, out var file);
        _files[destination] = file;
        Journal.Add(new DiskOperation.Move(source, destination));
    }

    public IReadOnlyList<string> ListFiles(string directory) => _disk.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _disk.ListDirectories(directory);

    public VolumeSpace SpaceOf(string path) => _disk.SpaceOf(path);

    public void FlushDirectory(string path)
    {
        _disk.FlushDirectory(path);
        Journal.Add(new DiskOperation.FlushDirectory(path));
    }

    public void DeleteDirectory(string path) => throw new NotSupportedException();

    public void MoveDirectory(string source, string destination) => throw new NotSupportedException();

    public IDisposable? TryLock(string path) => _disk.TryLock(path);

    private sealed class JournaledFile(JournaledFileSystem owner, IStorageFile file, int number) : IStorageFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> destination, long position)
        {
            var read = file.Read(destination, position);
            owner.BytesRead += read;
            return read;
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            file.Write(source, position);
            owner.Journal.Add(new DiskOperation.Write(number, position, source.ToArray()));
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
            file.SetLength(length);
            owner.Journal.Add(new DiskOperation.SetLength(number, length));
        }

        public void Flush()
        {
            file.Flush();
            owner.Journal.Add(new DiskOperation.Flush(number));
        }

        public void Dispose() => file.Dispose();
    }
}
