using Spate.Storage.Epochs;
using Spate.Storage.Producers;
using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// The log of one partition on a disk, in Kafka's own files. One writer at a time is let in by a lock; readers take no lock that a writer
/// waits for. Safe for use by several threads at once.
/// </summary>
/// <remarks>
/// What survives: after <see cref="Close"/>, everything; when the process dies, every append that returned; when power is lost, everything before
/// <see cref="RecoveryPoint"/>. Whoever owns the log keeps its recovery point, its start and its high watermark in the checkpoint files of the
/// data directory, and writes them anew after a truncation before anything else is appended.
/// Expected refusals are values. A disk that fails is a <see cref="LogFailedException"/>, from the call that met it and from every later one.
/// </remarks>
public sealed class PartitionLog : IDisposable
{
    private readonly LogState _state;
    private readonly LogFlusher _flusher;
    private readonly LogAppender _appender;
    private readonly LogReader _reader;
    private readonly LogTimestamps _timestamps;
    private readonly LogDeletions _deletions;
    private readonly LogTrimmer _trimmer;
    private readonly LogReplacement _replacement;
    private readonly LogHandover _handover;

    private PartitionLog(LogState state)
    {
        _state = state;
        _flusher = new LogFlusher(state);
        _appender = new LogAppender(state, _flusher);
        _reader = new LogReader(state);
        _timestamps = new LogTimestamps(state);
        _deletions = new LogDeletions(state, _flusher);
        _trimmer = new LogTrimmer(state, _appender, _flusher, _reader, _deletions);
        _replacement = new LogReplacement(state, _reader, _deletions);
        _handover = new LogHandover(state, _appender, _flusher);

        // Opening may have renamed, cut and created files that were never made durable.
        _flusher.DirectoryChanged();
    }

    /// <summary>The partition's directory.</summary>
    public string Directory => _state.Directory.Path;

    /// <summary>The first offset that may be read.</summary>
    public long LogStartOffset => _state.LogStartOffset;

    /// <summary>The offset that the next record gets.</summary>
    public long LogEndOffset => _state.End.Offset;

    /// <summary>The offset behind the last record that enough replicas have; the log's start until somebody says more.</summary>
    public long HighWatermark => _state.HighWatermark;

    /// <summary>The offset before which no transaction is undecided; never above the high watermark.</summary>
    public long LastStableOffset => _state.LastStableOffset;

    /// <summary>Everything before this offset is on the disk.</summary>
    public long RecoveryPoint => _state.RecoveryPoint;

    /// <summary>Bytes of all segments.</summary>
    public long Size
    {
        get
        {
            var size = 0L;
            foreach (var segment in _state.Segments)
            {
                size += segment.Size;
            }

            return size;
        }
    }

    public int SegmentCount => _state.Segments.Length;

    /// <summary>Called when the log's start has moved, on the thread that moved it and under the log's own lock; must return at once.</summary>
    public Action? StartMoved
    {
        get => _state.StartMoved;
        set => _state.StartMoved = value;
    }

    /// <summary>True when the disk has failed and the log answers nothing any more.</summary>
    public bool IsFailed => _state.Failure is not null;

    /// <summary>The topic's configuration. May be replaced at any time; what has been written stays as it is.</summary>
    public LogConfig Config
    {
        get => _state.Config;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _state.Config = value;
        }
    }

    /// <summary>The leader epochs of the log, oldest first.</summary>
    public IReadOnlyList<EpochStart> LeaderEpochs => _state.Epochs.Entries;

    /// <summary>True when nobody may use the log any more.</summary>
    internal bool IsClosed => _state.IsClosed;

    /// <summary>How often something has been cut off the end since the log was opened: what was read before a change may be gone.</summary>
    internal int Truncations => _state.Truncations;

    /// <summary>The segments, oldest first, for the cleaner and for tests.</summary>
    internal IReadOnlyList<LogSegment> Segments => _state.Segments;

    /// <summary>Opens a directory as a log, or makes an empty log of it; recovers what an unclean stop left.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="InvalidDataException">A file is none of a log.</exception>
    public static PartitionLog Open(LogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new PartitionLog(LogLoader.Load(options));
    }

    /// <summary>Appends what a client or a coordinator sends: validates it, gives it its offsets, and writes it.</summary>
    /// <param name="records">
    /// Record batches, which belong to the log until the call returns: they are patched where they lie.
    /// </param>
    /// <param name="leaderEpoch">The epoch in which this broker leads the partition, from 0.</param>
    /// <param name="request">Where they come from.</param>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public LogAppendResult AppendAsLeader(Memory<byte> records, int leaderEpoch, in LogAppendRequest request) =>
        _appender.AppendAsLeader(records, leaderEpoch, request);

    /// <summary>
    /// Appends what was fetched from the partition's leader. Offsets and epochs are kept; there may be gaps between batches; a last batch that the
    /// fetch cut short is left out.
    /// </summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public LogAppendResult AppendAsFollower(ReadOnlyMemory<byte> records) => _appender.AppendInOrder(records, AppendOrigin.Replication);

    /// <summary>Appends batches that the leader of a quorum has made, offsets and epochs included; they must follow on without a gap.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public LogAppendResult AppendAsQuorumLeader(ReadOnlyMemory<byte> records) => _appender.AppendInOrder(records, AppendOrigin.RaftLeader);

    /// <summary>Begins to read at an offset. What is found is read from the disk only as its taker asks for it.</summary>
    /// <param name="offset">The first offset wanted; the log's end gives nothing, but is no error.</param>
    /// <param name="maxBytes">The most bytes wanted, from 0.</param>
    /// <param name="bound">Up to where.</param>
    /// <param name="atLeastOneBatch">Whether the first batch is wanted whole, though it be larger than <paramref name="maxBytes"/>.</param>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public LogReadResult Read(long offset, int maxBytes, FetchBound bound, bool atLeastOneBatch) =>
        _reader.Read(offset, maxBytes, bound, atLeastOneBatch);

    /// <summary>Tells the bounds of the log, and whether an offset lies within them, without a search for its records.</summary>
    /// <exception cref="LogFailedException">The disk failed before.</exception>
    public LogReadResult Look(long offset, FetchBound bound) => _reader.Look(offset, bound);

    /// <summary>The first record with a timestamp that is not below the given one; null when there is none.</summary>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public TimestampLookup? FindByTimestamp(long timestamp) => _timestamps.Find(timestamp);

    /// <summary>The record with the greatest timestamp (KIP-734); null when no record has one.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public TimestampLookup? FindNewest() => _timestamps.FindNewest();

    /// <summary>
    /// What version 0 of ListOffsets asks for: the first offsets of the segments whose files were last written at or before a time, and the log's
    /// end when its last segment has records and the time is not past.
    /// </summary>
    /// <param name="timestamp">Milliseconds since 1970; <see cref="long.MaxValue"/> for all that there is.</param>
    /// <param name="countMax">How many are wanted, from 0.</param>
    /// <returns>The newest first.</returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public IReadOnlyList<long> FindOffsetsBefore(long timestamp, int countMax) => _timestamps.FindOffsetsBefore(timestamp, countMax);

    /// <summary>Where an epoch ends in this log (KIP-101).</summary>
    public EpochEnd EndOfEpoch(int leaderEpoch) => _state.Epochs.EndOf(leaderEpoch, LogEndOffset);

    /// <summary>Notes that this broker leads in an epoch from now on, before it has appended anything in it.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void BeginEpoch(int leaderEpoch)
    {
        lock (_state.Appending)
        {
            _state.ThrowIfUnchangeable();
            try
            {
                _state.Epochs.Assign(leaderEpoch, LogEndOffset);
            }
            catch (Exception failure) when (LogState.IsDiskFailure(failure))
            {
                throw _state.Fail("noting a leader epoch", failure);
            }
        }
    }

    /// <summary>Says how far enough replicas have the log. What lies outside it counts as its start or its end.</summary>
    /// <returns>True when the high watermark has changed.</returns>
    public bool UpdateHighWatermark(long offset)
    {
        lock (_state.Appending)
        {
            return !_state.IsHandedOver && _state.SetHighWatermark(offset);
        }
    }

    /// <summary>Says that the first batch of a transaction came in and that its coordinator is being asked about it (KIP-890).</summary>
    /// <returns>The guard that the append must carry, or <see cref="VerificationGuard.None"/> when nothing needs to be asked.</returns>
    public VerificationGuard BeginVerification(long producerId, short producerEpoch, int firstSequence, bool bumpsEpoch)
    {
        lock (_state.Appending)
        {
            _state.ThrowIfUnchangeable();
            return _state.Producers.BeginVerification(producerId, producerEpoch, firstSequence, bumpsEpoch, _state.NowMs);
        }
    }

    /// <summary>Whether the producer has an open transaction in this epoch.</summary>
    public bool HasOngoingTransaction(long producerId, short producerEpoch)
    {
        lock (_state.Appending)
        {
            _state.ThrowIfUnchangeable();
            return _state.Producers.HasOngoingTransaction(producerId, producerEpoch);
        }
    }

    /// <summary>What is known of the producers (DescribeProducers), in the order of their ids.</summary>
    public IReadOnlyList<ProducerSnapshotEntry> DescribeProducers()
    {
        lock (_state.Appending)
        {
            _state.ThrowIfUnchangeable();
            return _state.Producers.ToSnapshot();
        }
    }

    /// <summary>How many producers are known.</summary>
    public int ProducerCount
    {
        get
        {
            lock (_state.Appending)
            {
                return _state.Producers.Count;
            }
        }
    }

    /// <summary>Forgets the producers that were idle for <c>producer.id.expiration.ms</c>.</summary>
    /// <returns>How many.</returns>
    public int RemoveExpiredProducers(long expirationMs)
    {
        lock (_state.Appending)
        {
            _state.ThrowIfUnchangeable();
            return _state.Producers.RemoveExpired(_state.NowMs, expirationMs);
        }
    }

    /// <summary>Cuts off everything at and behind an offset: another leader knows better. The owner writes its checkpoints before it appends again.</summary>
    /// <returns>
    /// False when the log does not reach so far. When the offset lies inside a batch, the log ends before that batch and so before the offset.
    /// </returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public bool TruncateTo(long offset) => _trimmer.TruncateTo(offset);

    /// <summary>Drops everything; the log is empty and begins at an offset. The owner writes its checkpoints before it appends again.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void TruncateFullyAndStartAt(long offset) => _trimmer.TruncateFullyAndStartAt(offset);

    /// <summary>
    /// Moves the log's start up to an offset (DeleteRecords, KIP-107): nothing before it can be read any more. Segments that lie before it wholly
    /// go with <see cref="DeleteOldSegments"/>. Moving it back changes nothing.
    /// </summary>
    /// <returns>False when the offset lies behind the high watermark: OFFSET_OUT_OF_RANGE.</returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public bool DeleteRecordsBefore(long offset) => _trimmer.DeleteRecordsBefore(offset);

    /// <summary>
    /// Deletes whole segments, oldest first, that lie before the log's start or that retention by time or size lets go, never any behind the high
    /// watermark. Their files get another name and stay until <see cref="DeletePendingFiles"/>.
    /// </summary>
    /// <returns>How many segments.</returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public int DeleteOldSegments() => _trimmer.DeleteOldSegments();

    /// <summary>Deletes the files whose <c>file.delete.delay.ms</c> is over. The owner calls it when it is time.</summary>
    /// <returns>When the next ones are due, in milliseconds since 1970; null when there are none.</returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public long? DeletePendingFiles() => _deletions.DeleteDue();

    /// <summary>Closes the active segment and begins another one, unless it is empty.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void Roll() => _appender.Roll();

    /// <summary>Brings everything before an offset to the disk, on the caller's thread.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void Flush(long upTo) => _flusher.Flush(upTo);

    /// <summary>Starts a flush when <c>flush.ms</c> asks for one. The owner calls it from time to time.</summary>
    /// <returns>True when one was started.</returns>
    public bool FlushIfDue()
    {
        var isDue = LogEndOffset > RecoveryPoint && _state.NowMs - _state.LastFlushedAt >= _state.Config.FlushMs;
        if (isDue)
        {
            _flusher.Start(LogEndOffset);
        }

        return isDue;
    }

    /// <summary>Waits until everything before an offset is on the disk. Everyone who waits at the same time shares one flush.</summary>
    /// <returns>False when what lay before the offset has been truncated meanwhile, and so will never be.</returns>
    /// <exception cref="LogFailedException">The disk failed, or has failed before.</exception>
    public ValueTask<bool> WaitUntilFlushedAsync(long offset) => _flusher.WaitUntilFlushedAsync(offset);

    /// <summary>Renames the log's directory, as when its topic is deleted (<c>-delete</c>) or a moved replica takes over. The name is durable when it returns.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void RenameDirectory(string path) => RenameDirectory(path, isDurable: true);

    /// <summary>The same for one of many, whose owner flushes the directory above when the last of them has its name.</summary>
    /// <param name="path">The new path, in the same directory.</param>
    /// <param name="isDurable">Whether the name must survive a loss of power when this returns.</param>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    internal void RenameDirectory(string path, bool isDurable)
    {
        lock (_state.Flushing)
        {
            lock (_state.Appending)
            {
                _state.ThrowIfUnusable();
                try
                {
                    _state.Directory.MoveTo(path);
                    if (isDurable)
                    {
                        _state.Directory.FileSystem.FlushDirectory(Path.GetDirectoryName(path)!);
                    }
                }
                catch (Exception failure) when (LogState.IsDiskFailure(failure))
                {
                    throw _state.Fail("renaming the directory", failure);
                }

                _state.Epochs.MovedTo(path);
                _state.Snapshots.MovedTo(path);
                _deletions.DirectoryMoved();
                foreach (var segment in _state.Segments)
                {
                    segment.DirectoryMoved();
                }
            }
        }
    }

    /// <summary>
    /// Brings everything to the disk, indexes and producer state included, and closes the log: opening it again reads next to nothing. A log that
    /// has failed is only let go of.
    /// </summary>
    /// <exception cref="LogFailedException">The disk failed now; the log is not to be taken for closed cleanly.</exception>
    public void Close()
    {
        lock (_state.Flushing)
        {
            lock (_state.Appending)
            {
                try
                {
                    if (!_state.IsClosed && !IsFailed)
                    {
                        Finish();
                    }
                }
                finally
                {
                    Dispose();
                }
            }
        }
    }

    /// <summary>Closes the log and deletes its directory.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Delete()
    {
        Dispose();
        _state.Directory.FileSystem.DeleteDirectory(_state.Directory.Path);
    }

    /// <summary>Lets go of all files without another write, as a process does that dies.</summary>
    public void Dispose()
    {
        lock (_state.Flushing)
        {
            lock (_state.Appending)
            {
                if (_state.IsClosed)
                {
                    return;
                }

                _state.SetClosed();
                foreach (var segment in _state.Segments)
                {
                    segment.Close();
                }

                _deletions.Close();
            }
        }

        _flusher.Closed();
    }

    /// <summary>Begins a segment for the cleaner to fill, which is no part of the log until <see cref="ReplaceSegments"/>.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal LogSegment CreateReplacement(long baseOffset) =>
        LogSegment.Create(_state.Directory, baseOffset, _state.NowMs, SegmentFileNames.Cleaned);

    /// <inheritdoc cref="LogReplacement.Replace"/>
    internal bool ReplaceSegments(IReadOnlyList<LogSegment> replacements, IReadOnlyList<LogSegment> replaced, int truncations) =>
        _replacement.Replace(replacements, replaced, truncations);

    /// <inheritdoc cref="LogHandover.HandOver"/>
    internal bool HandOver(Func<bool> take) => _handover.HandOver(take);

    /// <inheritdoc cref="LogHandover.Succeed"/>
    internal void Succeed(PartitionLog predecessor) => _handover.Succeed(predecessor._state);

    /// <summary>Marks the log as failed, once, because the cleaner met an error of the disk.</summary>
    internal LogFailedException FailCleaning(Exception cause) => _state.Fail("cleaning", cause);

    /// <summary>Ends when no flush runs in the background.</summary>
    internal Task WhenFlushesEnd() => _flusher.WhenIdle();

    /// <summary>Under both locks, so that nothing is appended behind what has been brought to the disk.</summary>
    private void Finish()
    {
        _flusher.Flush(long.MaxValue);
        try
        {
            _state.Active.WriteIndexes(complete: true);
            _state.Active.FlushIndexes();
            _state.Snapshots.Take(_state.Producers);
            _state.Directory.FileSystem.FlushDirectory(Directory);
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw _state.Fail("closing", failure);
        }
    }
}
