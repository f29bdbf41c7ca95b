using Spate.Protocol.Records;
using Spate.Storage.Files;
using Spate.Storage.Indexes;
using Spate.Storage.Transactions;

namespace Spate.Storage.Segments;

/// <summary>
/// A stretch of a log: a file of batches one behind the other, named after the first offset that it may hold, with an index by offset, one by
/// time and one of aborted transactions beside it.
/// </summary>
/// <remarks>
/// It is changed by one thread at a time, under the log's append lock, and read by any number of threads without a lock: what lies below
/// <see cref="Size"/> does not change except by truncation, which <see cref="Truncations"/> gives away. A segment that is not written to holds
/// no buffer and, unless the pool has room, no open file.
/// </remarks>
internal sealed class LogSegment
{
    private readonly SegmentDirectory _directory;
    private string _state;
    private FileLease? _writing;
    private volatile TimestampedOffset? _newest;
    private volatile int _size;
    private volatile int _truncations;
    private volatile bool _hasIndexesToFlush;
    private long? _firstTimestamp;
    private int _bytesSinceIndexEntry;

    private LogSegment(SegmentDirectory directory, long baseOffset, string state, SegmentLengths lengths, long createdAt)
    {
        _directory = directory;
        _state = state;
        BaseOffset = baseOffset;
        CreatedAt = createdAt;
        LogFile = new SegmentFile(directory, baseOffset, SegmentFileNames.Log, state);
        OffsetIndex = new EntryIndex<OffsetIndexEntry>(
            new SegmentFile(directory, baseOffset, SegmentFileNames.OffsetIndex, state), lengths.OffsetIndex);
        TimeIndex = new EntryIndex<TimeIndexEntry>(
            new SegmentFile(directory, baseOffset, SegmentFileNames.TimeIndex, state), lengths.TimeIndex);
        Aborted = new TransactionIndex(directory.FileSystem, PathOfAborted(state), baseOffset);
        _size = lengths.Log;
    }

    public long BaseOffset { get; }

    /// <summary>Milliseconds since 1970 when this broker made or opened the segment: its age, when its records have no timestamps.</summary>
    public long CreatedAt { get; }

    public SegmentFile LogFile { get; }

    public EntryIndex<OffsetIndexEntry> OffsetIndex { get; }

    public EntryIndex<TimeIndexEntry> TimeIndex { get; }

    /// <summary>The aborted transactions whose markers lie in the segment.</summary>
    public TransactionIndex Aborted { get; }

    /// <summary>Bytes of whole batches.</summary>
    public int Size => _size;

    /// <summary>How often something has been cut off.</summary>
    public int Truncations => _truncations;

    /// <summary>Whether the indexes have been completed and wait to be made durable.</summary>
    public bool HasIndexesToFlush => _hasIndexesToFlush;

    /// <summary>Whether its file is kept open because it was written to.</summary>
    public bool IsWriting => _writing is not null;

    /// <summary>True when the segment has been taken out of its log and its files are deleted or about to be.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>The greatest timestamp of the segment, and where it is.</summary>
    public TimestampedOffset Newest => _newest ??= ReadNewest();

    /// <summary>Makes a segment without records; its log file is created at once, the indexes when they have something to say.</summary>
    public static LogSegment Create(SegmentDirectory directory, long baseOffset, long createdAt, string state = "")
    {
        var segment = new LogSegment(directory, baseOffset, state, default, createdAt);
        using var created = segment.LogFile.Lease(FileOpening.Replace);
        return segment;
    }

    /// <summary>Opens a segment whose files are there.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="baseOffset">The offset in the files' names.</param>
    /// <param name="lengths">Bytes in them.</param>
    /// <param name="createdAt">Milliseconds since 1970: now.</param>
    /// <param name="state">The ending of the files' names.</param>
    public static LogSegment Open(SegmentDirectory directory, long baseOffset, SegmentLengths lengths, long createdAt, string state = "") =>
        new(directory, baseOffset, state, lengths, createdAt);

    /// <summary>Offset in the indexes: as far from the base offset as the format can say.</summary>
    public int Relative(long offset) => (int)Math.Clamp(offset - BaseOffset, int.MinValue, int.MaxValue);

    /// <summary>Writes batches that have been checked behind the last one, in one call to the disk.</summary>
    /// <returns>Where they start.</returns>
    /// <exception cref="IOException">The disk refused; any part of them may be in the file, but none below <see cref="Size"/>.</exception>
    public int Append(ReadOnlySpan<byte> batches, int indexIntervalBytes)
    {
        var start = _size;
        Writing().Write(batches, start);

        var walk = new RecordBatchEnumerator(batches);
        while (walk.MoveNext())
        {
            if (StoredBatch.TryRead(walk.Current, walk.Current.Length, out var batch) == RecordError.None)
            {
                Note(batch, start + walk.Position, indexIntervalBytes);
            }
        }

        _size = start + batches.Length;
        return start;
    }

    /// <summary>Takes what a batch says into the indexes. Called for every batch in turn, when it is written or found again.</summary>
    public void Note(in StoredBatch batch, int position, int indexIntervalBytes)
    {
        var newest = _newest ?? TimestampedOffset.None;
        if (batch.MaxTimestamp > newest.Timestamp)
        {
            _newest = newest = new TimestampedOffset(batch.MaxTimestamp, batch.LastOffset);
        }

        _firstTimestamp ??= batch.MaxTimestamp;
        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            OffsetIndex.Append(new OffsetIndexEntry(Relative(batch.LastOffset), position));
            NoteNewest(newest);
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += batch.Size;
    }

    /// <summary>The greatest timestamp of the first batch, by which the age of the segment is told; -1 when it has none.</summary>
    public long FirstTimestamp()
    {
        if (_firstTimestamp is null && _size > 0)
        {
            using var lease = LogFile.Lease();
            Span<byte> header = stackalloc byte[StoredBatch.HeaderSize];
            var read = lease.File.Read(header, 0);
            _firstTimestamp = StoredBatch.TryRead(header[..read], _size, out var batch) == RecordError.None ? batch.MaxTimestamp : -1;
        }

        return _firstTimestamp ?? -1;
    }

    /// <summary>Milliseconds since 1970 at which the file was last written, by the clock of the disk.</summary>
    public long LastWriteTimeMs() => _directory.FileSystem.LastWriteTime(LogFile.Path).ToUnixTimeMilliseconds();

    /// <summary>Starts the indexes and what is known of the timestamps anew, before every batch is noted again.</summary>
    public void Forget()
    {
        OffsetIndex.Clear();
        TimeIndex.Clear();
        Aborted.Clear();
        _newest = TimestampedOffset.None;
        _firstTimestamp = null;
        _bytesSinceIndexEntry = 0;
    }

    /// <summary>Cuts off what lies at or behind a position, of which nothing is in the indexes: a torn batch, or the rest of a failed write.</summary>
    public void CutTail(int position)
    {
        if (position < _size)
        {
            _truncations++;
            _size = position;
        }

        Writing().SetLength(position);
    }

    /// <summary>Cuts off the batch that holds an offset and all behind it.</summary>
    /// <returns>Where the log ends now: the offset, or where the batch began that held it.</returns>
    public long TruncateTo(long offset)
    {
        if (SegmentSearch.Find(this, offset, _size) is not { } found)
        {
            return offset;
        }

        CutTail(found.Position);
        OffsetIndex.TruncateTo(Relative(found.Batch.BaseOffset));
        TimeIndex.TruncateTo(Relative(found.Batch.BaseOffset));
        Aborted.Truncate(found.Batch.BaseOffset);
        _newest = SegmentSearch.NewestAfterIndex(this);
        _firstTimestamp = _size == 0 ? null : _firstTimestamp;
        _bytesSinceIndexEntry = 0;
        return Math.Min(offset, found.Batch.BaseOffset);
    }

    /// <summary>
    /// Makes the index by time complete and both indexes readable for others: the segment is done, or the log closes. What is written so is
    /// what a later opening trusts.
    /// </summary>
    public void WriteIndexes(bool complete)
    {
        if (complete)
        {
            NoteNewest(Newest);
        }

        OffsetIndex.WriteOut();
        TimeIndex.WriteOut();
        _hasIndexesToFlush |= complete;
    }

    /// <summary>Makes the records durable. Safe to call beside everything else.</summary>
    public void FlushLog()
    {
        using var lease = LogFile.Lease();
        lease.File.Flush();
    }

    /// <summary>Makes the indexes durable as far as they are written.</summary>
    public void FlushIndexes()
    {
        _hasIndexesToFlush = false;
        OffsetIndex.Flush();
        TimeIndex.Flush();
        Aborted.Flush();
    }

    /// <summary>Nothing will be written any more: the log's file need not stay open. Called when it is durable.</summary>
    public void StopWriting()
    {
        _writing?.Dispose();
        _writing = null;
    }

    /// <summary>Renames all files.</summary>
    public void ChangeState(string state)
    {
        IsDeleted |= string.Equals(state, SegmentFileNames.Deleted, StringComparison.Ordinal);
        LogFile.ChangeState(state);
        ((SegmentFile)OffsetIndex.File).ChangeState(state);
        ((SegmentFile)TimeIndex.File).ChangeState(state);
        var aborted = PathOfAborted(state);
        if (_directory.FileSystem.FileExists(PathOfAborted(_state)))
        {
            _directory.FileSystem.MoveFile(PathOfAborted(_state), aborted);
        }

        Aborted.MovedTo(aborted);
        _state = state;
    }

    /// <summary>The directory has another name now.</summary>
    public void DirectoryMoved() => Aborted.MovedTo(PathOfAborted(_state));

    /// <summary>Deletes all files. Those who are reading records may go on until they are done.</summary>
    public void Delete()
    {
        IsDeleted = true;
        StopWriting();
        LogFile.Delete();
        OffsetIndex.File.Delete();
        TimeIndex.File.Delete();
        Aborted.Dispose();
        _directory.FileSystem.DeleteFile(PathOfAborted(_state));
    }

    public void Close()
    {
        StopWriting();
        LogFile.Close();
        OffsetIndex.File.Close();
        TimeIndex.File.Close();
        Aborted.Dispose();
    }

    private string PathOfAborted(string state) => _directory.PathOf(BaseOffset, SegmentFileNames.TransactionIndex + state);

    private IStorageFile Writing() => (_writing ??= LogFile.Lease()).File;

    private void NoteNewest(TimestampedOffset newest)
    {
        if (newest.Timestamp >= 0)
        {
            TimeIndex.Append(new TimeIndexEntry(newest.Timestamp, Relative(newest.Offset)));
        }
    }

    private TimestampedOffset ReadNewest() =>
        TimeIndex.ReadLast() is { } last ? new TimestampedOffset(last.Timestamp, BaseOffset + last.RelativeOffset) : TimestampedOffset.None;
}
