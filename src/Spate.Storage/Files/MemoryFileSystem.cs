namespace Spate.Storage.Files;

/// <summary>
/// A disk that is all in memory: for brokers that live inside a test, and for the tests of storage itself. It behaves as a disk does: a deleted
/// file stays readable through the handles that are open, a rename takes the place of what was there, a write that does not fit leaves
/// its first part behind. Safe for use by several threads at once, within what <see cref="IFileSystem"/> says.
/// </summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly MemoryDirectory _root = new();
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly MemoryCapacity _capacity;
    private readonly TimeProvider _time;

    /// <param name="capacity">
    /// The most bytes that all files together may take, counted in the pages that hold them; a write beyond it fails as a full disk does.
    /// </param>
    /// <param name="time">The clock that stamps the files; null for the system's.</param>
    public MemoryFileSystem(long capacity = long.MaxValue, TimeProvider? time = null)
    {
        _capacity = new MemoryCapacity(capacity);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Bytes of the pages that files take now, those of deleted files that are still open among them.</summary>
    public long BytesUsed => _capacity.Used;

    public IStorageFile Open(string path, FileOpening opening)
    {
        lock (_gate)
        {
            var parent = ParentOf(path, out var name);
            if (!parent.Files.TryGetValue(name, out var content))
            {
                if (opening is FileOpening.Read or FileOpening.Existing)
                {
                    throw new FileNotFoundException($"There is no file '{path}'.", path);
                }

                content = new MemoryFileContent(_capacity, _time);
                parent.Files.Add(name, content);
            }
            else if (opening == FileOpening.Replace)
            {
                content.SetLength(0);
            }

            return new MemoryFile(path, content, opening != FileOpening.Read);
        }
    }

    public bool FileExists(string path)
    {
        lock (_gate)
        {
            return Find(PathOfParent(path))?.Files.ContainsKey(Path.GetFileName(path)) == true;
        }
    }

    public long FileLength(string path) => RequireFile(path).Length;

    public DateTimeOffset LastWriteTime(string path) => RequireFile(path).LastWriteTime;

    public bool DirectoryExists(string path)
    {
        lock (_gate)
        {
            return Find(path) is not null;
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            var directory = _root;
            foreach (var part in Parts(path))
            {
                if (!directory.Directories.TryGetValue(part, out var next))
                {
                    next = new MemoryDirectory();
                    directory.Directories.Add(part, next);
                }

                directory = next;
            }
        }
    }

    public void DeleteFile(string path)
    {
        lock (_gate)
        {
            if (Find(PathOfParent(path))?.Files.Remove(Path.GetFileName(path), out var content) == true)
            {
                content.Unlink();
            }
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_gate)
        {
            if (Find(PathOfParent(path))?.Directories.Remove(Path.GetFileName(path), out var directory) == true)
            {
                directory.Unlink();
            }
        }
    }

    public void MoveFile(string source, string destination)
    {
        lock (_gate)
        {
            var from = ParentOf(source, out var oldName);
            var to = ParentOf(destination, out var newName);
            if (!from.Files.Remove(oldName, out var content))
            {
                throw new FileNotFoundException($"There is no file '{source}'.", source);
            }

            if (to.Files.Remove(newName, out var replaced))
            {
                replaced.Unlink();
            }

            to.Files.Add(newName, content);
        }
    }

    public void MoveDirectory(string source, string destination)
    {
        lock (_gate)
        {
            var from = ParentOf(source, out var oldName);
            var to = ParentOf(destination, out var newName);
            if (to.Directories.ContainsKey(newName) || to.Files.ContainsKey(newName))
            {
                throw new IOException($"The name '{destination}' is taken.");
            }

            if (!from.Directories.Remove(oldName, out var directory))
            {
                throw new DirectoryNotFoundException($"There is no directory '{source}'.");
            }

            to.Directories.Add(newName, directory);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory)
    {
        lock (_gate)
        {
            return [.. Require(directory).Files.Keys.Select(name => Path.Combine(directory, name))];
        }
    }

    public IReadOnlyList<string> ListDirectories(string directory)
    {
        lock (_gate)
        {
            return [.. Require(directory).Directories.Keys.Select(name => Path.Combine(directory, name))];
        }
    }

    public VolumeSpace SpaceOf(string path)
    {
        lock (_gate)
        {
            Require(path);
        }

        return new VolumeSpace(_capacity.Total, Math.Max(0, _capacity.Total - _capacity.Used));
    }

    /// <summary>Checks that the directory is there; memory has nothing to make durable.</summary>
    public void FlushDirectory(string path)
    {
        lock (_gate)
        {
            Require(path);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            if (!_locks.Add(path))
            {
                return null;
            }
        }

        try
        {
            Open(path, FileOpening.OpenOrCreate).Dispose();
        }
        catch (IOException)
        {
            Unlock(path);
            throw;
        }

        return new MemoryLock(this, path);
    }

    internal void Unlock(string path)
    {
        lock (_gate)
        {
            _locks.Remove(path);
        }
    }

    private static string[] Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);

    private static string PathOfParent(string path) => Path.GetDirectoryName(path) ?? string.Empty;

    private MemoryDirectory? Find(string path)
    {
        var directory = _root;
        foreach (var part in Parts(path))
        {
            if (!directory.Directories.TryGetValue(part, out directory))
            {
                return null;
            }
        }

        return directory;
    }

    private MemoryFileContent RequireFile(string path)
    {
        lock (_gate)
        {
            return Find(PathOfParent(path))?.Files.GetValueOrDefault(Path.GetFileName(path))
                ?? throw new FileNotFoundException($"There is no file '{path}'.", path);
        }
    }

    private MemoryDirectory Require(string path) =>
        Find(path) ?? throw new DirectoryNotFoundException($"There is no directory '{path}'.");

    private MemoryDirectory ParentOf(string path, out string name)
    {
        name = Path.GetFileName(path);
        return Require(PathOfParent(path));
    }
}
