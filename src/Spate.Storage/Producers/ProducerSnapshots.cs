using System.Globalization;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Producers;

/// <summary>
/// The producer snapshots of one partition: files <c>&lt;offset&gt;.snapshot</c> in its directory, each with the state of its producers
/// up to that offset. The log takes one whenever it rolls a segment and when it closes, so that opening reads little of it again.
/// Not safe for use by several threads at once: the log's lock is held.
/// </summary>
public sealed class ProducerSnapshots
{
    /// <summary>The suffix of the files' names, Kafka's.</summary>
    public const string Suffix = ".snapshot";

    private const int OffsetDigits = 20;

    private readonly IFileSystem _files;
    private readonly SortedSet<long> _offsets = [];
    private readonly Action<string> _onFault;

    private string _directory;
    private long _lastTaken = -1;

    /// <summary>Finds the snapshots of a partition's directory, which must be there.</summary>
    /// <param name="files">Where the directory lies.</param>
    /// <param name="directory">The partition's directory.</param>
    /// <param name="onFault">Told in one sentence of each snapshot that turns out to be corrupt, before it is deleted.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public ProducerSnapshots(IFileSystem files, string directory, Action<string> onFault)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        _directory = directory;
        _onFault = onFault;
        foreach (var path in files.ListFiles(directory))
        {
            if (TryParseName(Path.GetFileName(path), out var offset))
            {
                _offsets.Add(offset);
            }
        }
    }

    /// <summary>The offsets of the snapshots, lowest first.</summary>
    public IReadOnlyCollection<long> Offsets => _offsets;

    public long? Latest => _offsets.Count == 0 ? null : _offsets.Max;

    public long? Oldest => _offsets.Count == 0 ? null : _offsets.Min;

    /// <summary>The name of the snapshot at an offset.</summary>
    public static string NameOf(long offset) => offset.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    /// <summary>The offset in the name of a snapshot: exactly twenty digits and the suffix.</summary>
    public static bool TryParseName(ReadOnlySpan<char> name, out long offset)
    {
        offset = 0;
        return name.Length == OffsetDigits + Suffix.Length
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    /// <summary>Writes a state durably at its end offset, unless there is a snapshot at or behind that already.</summary>
    /// <returns>True when one was written.</returns>
    /// <exception cref="IOException">The disk failed; no snapshot has changed.</exception>
    public bool Take(ProducerStates states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.EndOffset <= _lastTaken)
        {
            return false;
        }

        WholeFile.Replace(_files, PathOf(states.EndOffset), ProducerSnapshotFile.Write(states.ToSnapshot()));
        _offsets.Add(states.EndOffset);
        _lastTaken = states.EndOffset;
        return true;
    }

    /// <summary>
    /// Reads the snapshot at an offset. A corrupt one is told, deleted, and as good as none.
    /// </summary>
    /// <returns>Its entries, or null when there is none that can be read.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public ProducerSnapshotEntry[]? Read(long offset)
    {
        var bytes = WholeFile.Read(_files, PathOf(offset));
        if (bytes is null)
        {
            _offsets.Remove(offset);
            return null;
        }

        if (ProducerSnapshotFile.TryRead(bytes, out var entries, out var fault))
        {
            return entries;
        }

        _onFault($"The producer snapshot '{PathOf(offset)}' is corrupt and is deleted: {fault}.");
        Delete(offset);
        return null;
    }

    /// <summary>
    /// Brings a state to a log that now reaches from one offset to another: snapshots outside it are deleted, and unless the state ends
    /// there exactly, it becomes that of the latest snapshot that can be read, or empty. The caller then applies the batches from the
    /// state's <see cref="ProducerStates.EndOffset"/> to <paramref name="logEndOffset"/>.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void TruncateAndReload(ProducerStates states, long logStartOffset, long logEndOffset)
    {
        ArgumentNullException.ThrowIfNull(states);
        DeleteWhere(offset => offset > logEndOffset || offset <= logStartOffset);
        if (states.EndOffset == logEndOffset)
        {
            states.AdvanceLogStart(logStartOffset);
            _lastTaken = Latest ?? logStartOffset;
            return;
        }

        while (Latest is { } latest)
        {
            if (Read(latest) is { } entries)
            {
                states.Reset(entries, latest);
                _lastTaken = latest;
                return;
            }
        }

        states.Reset([], logStartOffset);
        _lastTaken = logStartOffset;
    }

    /// <summary>The log is empty and begins at an offset: all snapshots are deleted and the state is emptied.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void TruncateFullyAndStartAt(ProducerStates states, long offset)
    {
        ArgumentNullException.ThrowIfNull(states);
        DeleteWhere(_ => true);
        states.Reset([], offset);
        _lastTaken = -1;
    }

    /// <summary>Deletes the snapshot at an offset, if there is one.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Delete(long offset)
    {
        _files.DeleteFile(PathOf(offset));
        _offsets.Remove(offset);
    }

    /// <summary>Deletes the snapshots before an offset.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void DeleteBefore(long offset) => DeleteWhere(each => each < offset);

    /// <summary>Deletes the snapshots behind an offset.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void DeleteAfter(long offset) => DeleteWhere(each => each > offset);

    /// <summary>
    /// Deletes the snapshots that belong to no segment, as when a log opens; the one behind all segments, which a clean stop leaves, stays.
    /// One that a crash left half written goes too.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void RetainFor(IReadOnlySet<long> segmentBaseOffsets)
    {
        ArgumentNullException.ThrowIfNull(segmentBaseOffsets);
        var lastBase = segmentBaseOffsets.Count == 0 ? -1 : segmentBaseOffsets.Max();
        var latest = Latest;
        DeleteWhere(offset => !segmentBaseOffsets.Contains(offset) && (offset != latest || offset < lastBase));
        foreach (var path in _files.ListFiles(_directory))
        {
            if (path.EndsWith(Suffix + WholeFile.TemporarySuffix, StringComparison.Ordinal))
            {
                _files.DeleteFile(path);
            }
        }
    }

    /// <summary>The partition's directory has another name now; the files came along with it.</summary>
    public void MovedTo(string directory) => _directory = directory;

    private string PathOf(long offset) => Path.Combine(_directory, NameOf(offset));

    private void DeleteWhere(Predicate<long> condition)
    {
        foreach (var offset in _offsets.Where(offset => condition(offset)).ToArray())
        {
            Delete(offset);
        }
    }
}
