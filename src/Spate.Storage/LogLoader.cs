using Spate.Protocol.Records;
using Spate.Storage.Epochs;
using Spate.Storage.Files;
using Spate.Storage.Producers;
using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// Opens a directory as a log. After a clean stop that takes a few small reads. After any other stop the records behind the recovery point
/// are read and checked one batch after the other; at the first that is torn or damaged the log ends.
/// </summary>
internal sealed class LogLoader
{
    private readonly LogOptions _options;
    private readonly SegmentDirectory _directory;
    private readonly long _now;
    private readonly List<LogSegment> _segments = [];
    private readonly Dictionary<LogSegment, string> _faults = [];

    private LogLoader(LogOptions options)
    {
        _options = options;
        _directory = new SegmentDirectory(options.Files, options.Directory);
        _now = options.Time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private IFileSystem FileSystem => _options.Files.FileSystem;

    /// <exception cref="IOException">The disk failed.</exception>
    public static LogState Load(LogOptions options) => new LogLoader(options).Load();

    private LogState Load()
    {
        CreateDirectory();
        OpenSegments(new SegmentSwap(_directory, _options.Logger).Finish());
        var epochs = LeaderEpochs.Open(FileSystem, _directory.Path, out var epochFault);
        if (epochFault is not null)
        {
            LogMessages.StateFault(_options.Logger, epochFault);
        }

        var snapshots = new ProducerSnapshots(FileSystem, _directory.Path, fault => LogMessages.StateFault(_options.Logger, fault));
        var state = new LogState(_options, _directory, epochs, snapshots);

        var start = Math.Max(_options.LogStartOffset, _segments.Count == 0 ? 0 : _segments[0].BaseOffset);
        var end = FindEnd(state, start);
        if (end < start)
        {
            LogMessages.EndsBeforeStart(_options.Logger, _directory.Path, end, start);
            Drop(0);
            end = start;
        }

        if (_segments.Count == 0)
        {
            end = start;
            _segments.Add(LogSegment.Create(_directory, start, _now));
            FileSystem.FlushDirectory(_directory.Path);
        }

        state.Segments = [.. _segments];
        state.SetLogStartOffset(start);
        state.PublishEnd(end, isContinuation: false);
        state.SetRecoveryPoint(_options.StoppedCleanly ? end : Math.Min(_options.RecoveryPoint, end));
        RestoreEpochs(state, start, end);
        RestoreProducers(state, start, end);
        state.SetHighWatermark(start);
        return state;
    }

    private void CreateDirectory()
    {
        if (!FileSystem.DirectoryExists(_directory.Path))
        {
            FileSystem.CreateDirectory(_directory.Path);
            FileSystem.FlushDirectory(Path.GetDirectoryName(_directory.Path)!);
        }
    }

    private void OpenSegments(IReadOnlyList<string> names)
    {
        var present = names.ToHashSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!SegmentFileNames.TryParse(name, out var offset, out var kind, out var state) || state.Length > 0)
            {
                continue;
            }

            if (kind == SegmentFileNames.Log)
            {
                OpenSegment(present, name, offset);
            }
            else if (kind is SegmentFileNames.OffsetIndex or SegmentFileNames.TimeIndex or SegmentFileNames.TransactionIndex
                && !present.Contains(SegmentFileNames.Of(offset, SegmentFileNames.Log)))
            {
                FileSystem.DeleteFile(_directory.PathOf(name));
                LogMessages.LeftoverDeleted(_options.Logger, name);
            }
        }

        _segments.Sort(static (left, right) => left.BaseOffset.CompareTo(right.BaseOffset));
    }

    private void OpenSegment(HashSet<string> present, string name, long offset)
    {
        var bytes = FileSystem.FileLength(_directory.PathOf(name));
        var offsetIndex = SegmentFileNames.Of(offset, SegmentFileNames.OffsetIndex);
        var timeIndex = SegmentFileNames.Of(offset, SegmentFileNames.TimeIndex);
        var isComplete = present.Contains(offsetIndex) && present.Contains(timeIndex);
        var lengths = new SegmentLengths(
            bytes <= int.MaxValue ? (int)bytes : throw new InvalidDataException($"'{name}' has {bytes} bytes, more than a segment can."),
            isComplete ? FileSystem.FileLength(_directory.PathOf(offsetIndex)) : 0,
            isComplete ? FileSystem.FileLength(_directory.PathOf(timeIndex)) : 0);
        var segment = LogSegment.Open(_directory, offset, lengths, _now);
        _segments.Add(segment);
        var fault = isComplete ? SegmentRecovery.FindIndexFault(segment, lengths) : "an index is missing";
        if (fault is not null)
        {
            _faults.Add(segment, fault);
        }
    }

    /// <summary>Finds where the log ends and sees to it that every index can be used.</summary>
    private long FindEnd(LogState state, long start)
    {
        if (_segments.Count == 0)
        {
            return start;
        }

        // The last segment is looked through after every unclean stop: a truncation may have moved the log's end before the recovery point.
        var recovered = _options.StoppedCleanly
            ? _segments.Count
            : Math.Clamp(LogState.IndexOfFloor([.. _segments], _options.RecoveryPoint), 0, _segments.Count - 1);
        for (var index = 0; index < recovered; index++)
        {
            if (_faults.TryGetValue(_segments[index], out var fault))
            {
                RebuildIndexes(state, index, fault);
            }
        }

        return _options.StoppedCleanly ? SegmentSearch.ReadNextOffset(_segments[^1]) : Recover(state, recovered, start);
    }

    /// <summary>Makes the indexes of a segment anew whose records are known to be whole.</summary>
    private void RebuildIndexes(LogState state, int index, string fault)
    {
        var segment = _segments[index];
        LogMessages.IndexRebuilt(_options.Logger, segment.LogFile.Path, fault);
        var recovery = new SegmentRecovery(_options.Config.IndexIntervalBytes, long.MaxValue) { Producers = StateAt(new ProducerStates(), state, index) };
        recovery.Run(segment, segment.BaseOffset);
        if (recovery.Fault != RecordError.None)
        {
            // Kafka serves such a segment as it is; so does this log, and readers find the damage by the checksum.
            LogMessages.StateFault(
                _options.Logger, $"'{segment.LogFile.Path}' is damaged behind byte {recovery.SoundBytes} ({recovery.Fault}).");
        }

        segment.WriteIndexes(complete: true);
        segment.FlushIndexes();
    }

    private long Recover(LogState state, int first, long start)
    {
        var producers = StateAt(state.Producers, state, first);
        var epochs = new List<EpochStart>();
        var recovery = new SegmentRecovery(_options.Config.IndexIntervalBytes, _options.RecoveryPoint)
        {
            Producers = producers,
            OnEpoch = (epoch, offset) =>
            {
                if (epochs.Count == 0 || epochs[^1].Epoch < epoch)
                {
                    epochs.Add(new EpochStart(epoch, offset));
                }
            },
        };

        var next = _segments[first].BaseOffset;
        for (var index = first; index < _segments.Count; index++)
        {
            var segment = _segments[index];
            if (segment.BaseOffset < next && index > first)
            {
                LogMessages.StateFault(_options.Logger, $"'{segment.LogFile.Path}' begins before offset {next}, where the one before it ends.");
                Drop(index);
                break;
            }

            next = recovery.Run(segment, Math.Max(next, segment.BaseOffset));
            if (recovery.Fault != RecordError.None)
            {
                CutTail(segment, recovery, next);
                Drop(index + 1);
                break;
            }

            if (index < _segments.Count - 1)
            {
                segment.WriteIndexes(complete: true);
                producers.AdvanceTo(_segments[index + 1].BaseOffset);
                state.Snapshots.Take(producers);
            }
        }

        LogMessages.Recovered(_options.Logger, _directory.Path, _segments[first].BaseOffset, next, _segments.Count - first);
        foreach (var epoch in epochs)
        {
            // The first may have begun in a segment that was not read: what the file says of it stays.
            if (state.Epochs.EpochFor(epoch.StartOffset) != epoch.Epoch)
            {
                state.Epochs.Assign(epoch.Epoch, epoch.StartOffset);
            }
        }

        next = Math.Max(next, _segments[^1].BaseOffset);
        producers.AdvanceTo(next);
        return next;
    }

    private void CutTail(LogSegment segment, SegmentRecovery recovery, long next)
    {
        LogMessages.TailCut(
            _options.Logger, segment.Size - recovery.SoundBytes, next, segment.LogFile.Path, recovery.Fault.ToString());
        segment.CutTail(recovery.SoundBytes);
        segment.FlushLog();
        segment.StopWriting();
    }

    /// <summary>The producer state at the start of a segment, from a snapshot at or before it and the headers of what lies between.</summary>
    private ProducerStates StateAt(ProducerStates producers, LogState state, int index)
    {
        var baseOffset = _segments[index].BaseOffset;
        foreach (var offset in state.Snapshots.Offsets.Where(offset => offset <= baseOffset).Reverse().ToArray())
        {
            if (state.Snapshots.Read(offset) is { } entries)
            {
                producers.Reset(entries, offset);
                break;
            }
        }

        ProducerReplay.Replay(producers, _segments.ToArray().AsSpan(0, index), baseOffset);
        return producers;
    }

    private void Drop(int from)
    {
        for (var index = _segments.Count - 1; index >= from; index--)
        {
            LogMessages.LeftoverDeleted(_options.Logger, _segments[index].LogFile.Path);
            _segments[index].Delete();
            _segments.RemoveAt(index);
        }

        FileSystem.FlushDirectory(_directory.Path);
    }

    private static void RestoreEpochs(LogState state, long start, long end)
    {
        // The file may have been lost, or may have followed a log start that did not come to be: every batch names its epoch as well.
        var known = state.Epochs.Earliest?.StartOffset ?? long.MaxValue;
        if (start < Math.Min(known, end))
        {
            FindEpochs(state, start, known);
        }

        state.Epochs.TruncateFromEnd(end);
        state.Epochs.TruncateFromStart(start);
    }

    /// <summary>Reads headers from an offset to another, unless the batches there are of a format without epochs.</summary>
    private static void FindEpochs(LogState state, long start, long end)
    {
        var known = state.Epochs.Entries;
        var latest = -1;
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        for (var index = Math.Max(LogState.IndexOfFloor(state.Segments, start), 0); index < state.Segments.Length; index++)
        {
            var segment = state.Segments[index];
            using var lease = segment.LogFile.Lease();
            var cursor = new BatchCursor(lease.File, SegmentSearch.Find(segment, start, segment.Size)?.Position ?? 0, segment.Size, window);
            while (cursor.MoveNext() && cursor.Current.BaseOffset < end)
            {
                if (cursor.Current.LeaderEpoch < 0)
                {
                    return;
                }

                if (cursor.Current.LeaderEpoch > latest)
                {
                    latest = cursor.Current.LeaderEpoch;
                    state.Epochs.Assign(latest, cursor.Current.BaseOffset);
                }
            }

            if (index + 1 < state.Segments.Length && state.Segments[index + 1].BaseOffset >= end)
            {
                break;
            }
        }

        foreach (var entry in known)
        {
            state.Epochs.Assign(entry.Epoch, entry.StartOffset);
        }
    }

    private void RestoreProducers(LogState state, long start, long end)
    {
        state.Snapshots.RetainFor(_segments.Select(segment => segment.BaseOffset).ToHashSet());
        state.Snapshots.TruncateAndReload(state.Producers, start, end);
        ProducerReplay.Replay(state.Producers, state.Segments, end);
    }
}
