using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Records;
using Spate.Storage;
using Spate.Storage.Files;

namespace Spate.Broker.Cluster;

/// <summary>
/// The log of decisions on this node's disk, committed by a quorum of one: what is flushed is decided. Each call of <see cref="AppendAsync"/>
/// is one batch, and the next is not written before it is on the disk, so that a crash leaves all of a decision or nothing of it, and at most
/// one batch torn.
/// </summary>
public sealed class MetadataLog : IMetadataLog
{
    /// <summary>
    /// How many snapshots are kept, the newest. The log reaches back to the oldest of them, so that one that the disk has spoilt costs
    /// nothing but a longer start.
    /// </summary>
    public const int SnapshotsKept = 2;

    private const int ReadBytes = 1 << 20;

    private readonly PartitionLog _log;
    private readonly SnapshotFiles _snapshots;
    private readonly TimeProvider _clock;
    private readonly Action<LogFailedException> _storageFailed;

    /// <param name="log">The log, of which nobody else appends anything.</param>
    /// <param name="files">Where its directory lies.</param>
    /// <param name="clock">Stamps the decisions.</param>
    /// <param name="storageFailed">Told when the disk failed under the log, which takes the directory that it lies in offline.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public MetadataLog(PartitionLog log, IFileSystem files, TimeProvider clock, Action<LogFailedException> storageFailed)
    {
        ArgumentNullException.ThrowIfNull(log);
        _log = log;
        _clock = clock;
        _storageFailed = storageFailed;
        _snapshots = SnapshotFiles.Open(files, log.Directory);
        if (_snapshots.Sound.Count > 0 && log.LogEndOffset < _snapshots.Sound[^1].EndOffset)
        {
            // The end of the log was lost, and the snapshot has all that it said.
            log.TruncateFullyAndStartAt(_snapshots.Sound[^1].EndOffset);
        }

        log.UpdateHighWatermark(log.LogEndOffset);
        var last = Math.Max(log.LeaderEpochs.Count > 0 ? log.LeaderEpochs[^1].Epoch : 0, _snapshots.Sound.Count > 0 ? _snapshots.Sound[^1].Epoch : 0);
        LeaderEpoch = last + 1;
    }

    public int BatchBytesMax => 8 << 20;

    /// <summary>One more than any that is found: every start is a new leader, as an election of one.</summary>
    public int LeaderEpoch { get; }

    public async ValueTask<MetadataPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(values);
        try
        {
            var end = Append(values);
            if (!await _log.WaitUntilFlushedAsync(end))
            {
                throw new InvalidOperationException("The metadata log was truncated while a decision was written.");
            }

            _log.UpdateHighWatermark(end);
            return new MetadataPosition(end, LeaderEpoch);
        }
        catch (LogFailedException failure)
        {
            _storageFailed(failure);
            throw new IOException("The metadata log could not be written.", failure);
        }
    }

    public IEnumerable<MetadataBatch> ReadCommitted(long fromOffset)
    {
        if (fromOffset < _log.LogStartOffset)
        {
            throw new IOException($"The metadata log begins at offset {_log.LogStartOffset}, and {fromOffset} was asked for.");
        }

        for (var offset = fromOffset; offset < _log.HighWatermark;)
        {
            var next = offset;
            foreach (var batch in ReadSome(offset))
            {
                next = batch.End.EndOffset;
                if (batch.BaseOffset >= offset)
                {
                    yield return batch;
                }
            }

            offset = next > offset ? next : throw new IOException($"The metadata log in '{_log.Directory}' cannot be read from offset {offset} on.");
        }
    }

    public MetadataSnapshot? LatestSnapshot()
    {
        var start = _log.LogStartOffset;
        foreach (var position in _snapshots.Sound.Reverse())
        {
            if (position.EndOffset >= start)
            {
                return _snapshots.Read(position);
            }
        }

        if (start == 0)
        {
            return null;
        }

        var faults = string.Join("; ", _snapshots.Faults.OrderBy(each => each.Key).Select(each => $"'{_snapshots.PathOf(each.Key)}': {each.Value}"));
        throw new IOException(
            $"The metadata log begins at offset {start}, and no snapshot can be used for what came before{(faults.Length == 0 ? "" : $" ({faults})")}. Put a snapshot back from a copy.");
    }

    public void WriteSnapshot(MetadataPosition position, long timestamp, IEnumerable<ReadOnlyMemory<byte>> values)
    {
        if (position.EndOffset > _log.HighWatermark)
        {
            throw new ArgumentOutOfRangeException(nameof(position), position, $"Only what is committed goes into a snapshot, which is up to offset {_log.HighWatermark}.");
        }

        _snapshots.Write(position, timestamp, values);
        try
        {
            // What was decided up to here ends a segment, which goes when the snapshots before this one are gone.
            _log.Roll();
            _snapshots.KeepNewest(SnapshotsKept);
            if (_snapshots.Sound.Count >= SnapshotsKept)
            {
                _log.DeleteRecordsBefore(_snapshots.Sound[0].EndOffset);
                _log.DeleteOldSegments();
                _log.DeletePendingFiles();
            }
        }
        catch (LogFailedException failure)
        {
            _storageFailed(failure);
            throw new IOException("The metadata log could not be shortened.", failure);
        }
    }

    private long Append(IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        using var batch = new RecordBatchBuilder();
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var value in values)
        {
            batch.Append(now, NullableBytes.Null, value.Span);
        }

        var result = _log.AppendAsLeader(batch.Build(), LeaderEpoch, new LogAppendRequest { Origin = AppendOrigin.Coordinator });
        return result.IsAppended
            ? result.LastOffset + 1
            : throw new IOException($"The metadata log refused a decision: {result.Failure?.Message ?? result.Error.ToString()}");
    }

    private List<MetadataBatch> ReadSome(long offset)
    {
        try
        {
            using var source = _log.Read(offset, ReadBytes, FetchBound.HighWatermark, atLeastOneBatch: true).Records;
            var bytes = new byte[source.Length];
            source.Read(0, bytes);
            var batches = new List<MetadataBatch>();
            var entries = new RecordBatchEnumerator(bytes);
            while (entries.MoveNext())
            {
                batches.Add(MetadataBatches.Read(entries.Current));
            }

            return batches;
        }
        catch (InvalidDataException fault)
        {
            throw new IOException($"The metadata log in '{_log.Directory}' cannot be read behind offset {offset}: {fault.Message}.", fault);
        }
    }
}
