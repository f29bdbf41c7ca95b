using Spate.Storage.Checkpoints;
using Spate.Storage.Files;

namespace Spate.Storage.Epochs;

/// <summary>
/// The leader epochs of one partition and where each begins (KIP-101), kept in the file <c>leader-epoch-checkpoint</c> of its directory.
/// </summary>
/// <remarks>
/// One writer, the log's; any number of readers beside it, who never wait: each change makes a new array. Epochs and their start offsets
/// both rise strictly. The file is rewritten, durably, before a change can be seen, and only when there is one; so what readers were told
/// survives a crash. After a crash of an older state the file may name offsets past the log's end: the log truncates it when it opens.
/// </remarks>
public sealed class LeaderEpochs
{
    /// <summary>The file's name, Kafka's.</summary>
    public const string FileName = "leader-epoch-checkpoint";

    private readonly IFileSystem _files;

    private CheckpointFile<EpochStart> _file;
    private volatile EpochStart[] _entries;

    private LeaderEpochs(IFileSystem files, CheckpointFile<EpochStart> file, EpochStart[] entries)
    {
        _files = files;
        _file = file;
        _entries = entries;
    }

    /// <summary>All epochs, oldest first: a state that does not change any more.</summary>
    public IReadOnlyList<EpochStart> Entries => _entries;

    /// <summary>The latest epoch that has a start, or null in a log that never had a leader with epochs.</summary>
    public EpochStart? Latest => _entries is [.., var latest] ? latest : null;

    public EpochStart? Earliest => _entries is [var earliest, ..] ? earliest : null;

    /// <summary>
    /// Reads the epochs of a partition's directory. A corrupt file gives no epochs and a <paramref name="fault"/> to put in the log: the
    /// caller then finds them again from the batches, which each name theirs.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static LeaderEpochs Open(IFileSystem files, string directory, out string? fault)
    {
        ArgumentNullException.ThrowIfNull(files);
        var file = new CheckpointFile<EpochStart>(files, Path.Combine(directory, FileName));
        var read = file.Read();
        fault = read.Fault;

        // Kafka has written files whose entries did not rise; a later line is right where two of them disagree.
        EpochStart[] entries = [];
        foreach (var entry in read.Content)
        {
            entries = With(entries, entry);
        }

        return new LeaderEpochs(files, file, entries);
    }

    /// <summary>
    /// Notes that an epoch begins at an offset. Nothing happens when that epoch is already the latest and began no later. Entries that
    /// disagree with the new one, by their epoch or by their offset, are dropped: they stood for records that have gone.
    /// </summary>
    /// <exception cref="IOException">The disk failed; nothing has changed.</exception>
    public void Assign(int epoch, long startOffset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(startOffset);
        Change(With(_entries, new EpochStart(epoch, startOffset)));
    }

    /// <summary>The epoch to which a record at an offset belongs; null before the first known one.</summary>
    public int? EpochFor(long offset)
    {
        var entries = _entries;
        for (var index = entries.Length - 1; index >= 0; index--)
        {
            if (entries[index].StartOffset <= offset)
            {
                return entries[index].Epoch;
            }
        }

        return null;
    }

    /// <summary>
    /// Where an epoch ends: for the latest one the log's end; for an older one the start of the next known; for one before all known ones
    /// the start of the first, with the epoch that was asked for, because its records have gone. <see cref="EpochEnd.Undefined"/> for -1
    /// and for an epoch above all known ones.
    /// </summary>
    public EpochEnd EndOf(int requestedEpoch, long logEndOffset)
    {
        var entries = _entries;
        if (requestedEpoch < 0 || entries.Length == 0 || requestedEpoch > entries[^1].Epoch)
        {
            return EpochEnd.Undefined;
        }

        if (requestedEpoch == entries[^1].Epoch)
        {
            return new EpochEnd(requestedEpoch, logEndOffset);
        }

        var next = 0;
        while (entries[next].Epoch <= requestedEpoch)
        {
            next++;
        }

        return new EpochEnd(next == 0 ? requestedEpoch : entries[next - 1].Epoch, entries[next].StartOffset);
    }

    /// <summary>Forgets epochs that begin at or behind an offset: the log ends there now.</summary>
    /// <exception cref="IOException">The disk failed; nothing has changed.</exception>
    public void TruncateFromEnd(long endOffset)
    {
        var entries = _entries;
        var kept = entries.Length;
        while (kept > 0 && entries[kept - 1].StartOffset >= endOffset)
        {
            kept--;
        }

        Change(kept == entries.Length ? entries : entries[..kept]);
    }

    /// <summary>
    /// Forgets epochs that end at or before an offset, where the log begins now; the epoch in which it lies begins there from now on.
    /// </summary>
    /// <exception cref="IOException">The disk failed; nothing has changed.</exception>
    public void TruncateFromStart(long startOffset)
    {
        var entries = _entries;
        var first = -1;
        while (first + 1 < entries.Length && entries[first + 1].StartOffset <= startOffset)
        {
            first++;
        }

        if (first < 0 || (first == 0 && entries[0].StartOffset == startOffset))
        {
            return;
        }

        Change([new EpochStart(entries[first].Epoch, startOffset), .. entries.AsSpan(first + 1)]);
    }

    /// <summary>Takes the epochs of another log that holds the same records.</summary>
    /// <exception cref="IOException">The disk failed; nothing has changed.</exception>
    internal void CopyFrom(LeaderEpochs other)
    {
        var entries = other._entries;
        Change(entries.AsSpan().SequenceEqual(_entries) ? _entries : entries);
    }

    /// <summary>Forgets all epochs.</summary>
    /// <exception cref="IOException">The disk failed; nothing has changed.</exception>
    public void Clear() => Change(_entries.Length == 0 ? _entries : []);

    /// <summary>The partition's directory has another name now; the file came along with it.</summary>
    public void MovedTo(string directory) => _file = new CheckpointFile<EpochStart>(_files, Path.Combine(directory, FileName));

    private static EpochStart[] With(EpochStart[] entries, EpochStart added)
    {
        if (entries is [.., var latest] && latest.Epoch == added.Epoch && latest.StartOffset <= added.StartOffset)
        {
            return entries;
        }

        var kept = entries.Length;
        while (kept > 0 && (entries[kept - 1].Epoch >= added.Epoch || entries[kept - 1].StartOffset >= added.StartOffset))
        {
            kept--;
        }

        return [.. entries.AsSpan(0, kept), added];
    }

    private void Change(EpochStart[] entries)
    {
        if (ReferenceEquals(entries, _entries))
        {
            return;
        }

        _file.Write(entries);
        _entries = entries;
    }
}
