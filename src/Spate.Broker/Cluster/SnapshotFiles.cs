using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Storage.Files;

namespace Spate.Broker.Cluster;

/// <summary>
/// The snapshots in the directory of the log of decisions. After a crash at any point each of them is there whole or not at all: a file is
/// written under another name, made durable, and renamed. Used by one thread at a time.
/// </summary>
internal sealed class SnapshotFiles
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly List<MetadataPosition> _sound = [];
    private readonly Dictionary<MetadataPosition, string> _faults = [];

    private SnapshotFiles(IFileSystem files, string directory)
    {
        _files = files;
        _directory = directory;
    }

    /// <summary>Those that are whole, oldest first.</summary>
    public IReadOnlyList<MetadataPosition> Sound => _sound;

    /// <summary>What is wrong with the others, in a clause each.</summary>
    public IReadOnlyDictionary<MetadataPosition, string> Faults => _faults;

    /// <summary>Looks through a directory, and deletes what a crash left of files that were never finished.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static SnapshotFiles Open(IFileSystem files, string directory)
    {
        var snapshots = new SnapshotFiles(files, directory);
        foreach (var path in files.ListFiles(directory))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (name.EndsWith(SnapshotFileName.PartSuffix, StringComparison.Ordinal))
            {
                files.DeleteFile(path);
            }
            else if (SnapshotFileName.TryParse(name, out var position))
            {
                if (SnapshotReader.FindFault(files, path) is { } fault)
                {
                    snapshots._faults.Add(position, fault);
                }
                else
                {
                    snapshots._sound.Add(position);
                }
            }
        }

        snapshots._sound.Sort();
        return snapshots;
    }

    public string PathOf(MetadataPosition position) => Path.Combine(_directory, SnapshotFileName.Of(position));

    public MetadataSnapshot Read(MetadataPosition position) => new(position, SnapshotReader.Read(_files, PathOf(position)));

    /// <exception cref="IOException">The disk failed.</exception>
    public void Write(MetadataPosition position, long timestamp, IEnumerable<ReadOnlyMemory<byte>> values)
    {
        var path = PathOf(position);
        var part = path + SnapshotFileName.PartSuffix;
        using (var file = _files.Open(part, FileOpening.Replace))
        {
            new SnapshotWriter(file, position.Epoch, timestamp).Write(values);
        }

        _files.MoveFile(part, path);
        _files.FlushDirectory(_directory);
        _faults.Remove(position);
        if (!_sound.Contains(position))
        {
            _sound.Add(position);
            _sound.Sort();
        }
    }

    /// <summary>Deletes all but the newest ones that are whole; those that are not are of no use when there are enough that are.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void KeepNewest(int count)
    {
        if (_sound.Count < count)
        {
            return;
        }

        foreach (var position in _sound.SkipLast(count).Concat(_faults.Keys).ToList())
        {
            _files.DeleteFile(PathOf(position));
            _sound.Remove(position);
            _faults.Remove(position);
        }

        _files.FlushDirectory(_directory);
    }
}
