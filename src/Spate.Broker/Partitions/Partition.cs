using Spate.Broker.Telemetry;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Storage;
using Spate.Storage.Epochs;
using Spate.Storage.Producers;
using Spate.Storage.Validation;

namespace Spate.Broker.Partitions;

/// <summary>
/// One partition that this node leads: its log, and those who wait for it to grow. Safe for use by several threads at once. As long as this
/// node is the only replica, what is in the log is replicated enough, and the high watermark follows the log's end.
/// </summary>
public sealed class Partition : IWatched
{
    private const long NoOffset = -1;

    private readonly WatcherList _watchers = new();
    private readonly Action<Partition, LogFailedException> _storageFailed;
    private volatile PartitionLog _log;
    private volatile int _ended = (int)ErrorCode.KafkaStorageError;

    /// <param name="name">The topic's name and the partition's index.</param>
    /// <param name="topicId">The topic's id.</param>
    /// <param name="leaderEpoch">The epoch in which this node leads.</param>
    /// <param name="log">The partition's log, which someone else opens and closes.</param>
    /// <param name="storageFailed">Told when the disk failed under the log, on the thread that found out.</param>
    public Partition(TopicPartition name, Uuid topicId, int leaderEpoch, PartitionLog log, Action<Partition, LogFailedException> storageFailed)
    {
        Name = name;
        TopicId = topicId;
        LeaderEpoch = leaderEpoch;
        _log = log;
        _storageFailed = storageFailed;
        log.StartMoved = NotifyWatchers;
    }

    public TopicPartition Name { get; }

    public Uuid TopicId { get; }

    public int LeaderEpoch { get; }

    /// <summary>
    /// The partition's log. It may be another one at the next look, when the partition has moved to another directory; who holds the old one may
    /// read it for a while, and can append to it no more.
    /// </summary>
    public PartitionLog Log => _log;

    /// <summary><c>min.insync.replicas</c> of the topic.</summary>
    public int MinInsyncReplicas { get; set; } = 1;

    /// <summary>Replicas in sync, this one among them.</summary>
    public int InSyncReplicas { get; set; } = 1;

    /// <summary>All replicas of the partition, in sync or not.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Where it is counted what goes in and out: the figures of its topic, shared by the topic's partitions.</summary>
    public TopicMetrics Metrics { get; init; } = TopicMetrics.Alone();

    /// <summary>
    /// Appends what a producer sent; offsets are patched into <paramref name="records"/> where they lie. When it returns without an error,
    /// the records can be read, unless the outcome says that a flush must come first.
    /// </summary>
    public AppendOutcome Append(Memory<byte> records, in ProduceTerms terms)
    {
        if (terms.RequiresInSyncReplicas && InSyncReplicas < MinInsyncReplicas)
        {
            var refusal = new AppendOutcome
            {
                Error = ErrorCode.NotEnoughReplicas,
                LogStartOffset = NoOffset,
                Message = $"{Name} has {InSyncReplicas} replicas in sync, and min.insync.replicas asks for {MinInsyncReplicas}.",
            };
            Metrics.Appended(refusal, records.Length);
            return refusal;
        }

        return Append(records, new LogAppendRequest
        {
            AcceptsLegacyMagic = terms.AcceptsLegacyMagic,
            AcceptsZstd = terms.AcceptsZstd,
            MustVerify = !terms.TrustsTransactions,
            Guard = terms.Guard,
        });
    }

    /// <summary>Appends on behalf of a coordinator of this broker.</summary>
    public AppendOutcome AppendInternal(Memory<byte> records) => Append(records, new LogAppendRequest { Origin = AppendOrigin.Coordinator });

    /// <summary>Appends on behalf of a coordinator of this broker what is part of a producer's transaction.</summary>
    /// <param name="records">One transactional batch.</param>
    /// <param name="guard">What <see cref="BeginVerification"/> gave; null when transactions are not verified.</param>
    public AppendOutcome AppendPending(Memory<byte> records, VerificationGuard? guard) =>
        Append(records, new LogAppendRequest { Origin = AppendOrigin.Coordinator, MustVerify = guard is not null, Guard = guard ?? VerificationGuard.None });

    /// <summary>Ends a producer's transaction here.</summary>
    /// <param name="end">How.</param>
    /// <param name="timeMs">The marker's time, in milliseconds since 1970.</param>
    /// <param name="builder">Memory to build the marker in.</param>
    public AppendOutcome AppendEnd(TransactionEnd end, long timeMs, RecordBatchBuilder builder)
    {
        var type = end.IsCommit ? ControlRecordType.Commit : ControlRecordType.Abort;
        var marker = ControlBatch.BuildEndTransaction(builder, timeMs, type, end.ProducerId, end.ProducerEpoch, end.CoordinatorEpoch);
        return Append(marker, new LogAppendRequest { Origin = AppendOrigin.Coordinator, TransactionVersion = end.TransactionVersion });
    }

    /// <inheritdoc cref="PartitionLog.BeginVerification"/>
    public ErrorCode BeginVerification(long producerId, short producerEpoch, int firstSequence, bool bumpsEpoch, out VerificationGuard guard) =>
        Ask(log => log.BeginVerification(producerId, producerEpoch, firstSequence, bumpsEpoch), out guard);

    /// <summary>Completes when the record at <paramref name="lastOffset"/> and all before it are on the disk, and tells when they cannot be.</summary>
    public async ValueTask<ErrorCode> WaitUntilDurableAsync(long lastOffset)
    {
        while (true)
        {
            var log = _log;
            try
            {
                await log.WaitUntilFlushedAsync(lastOffset + 1);
                return ErrorCode.None;
            }
            catch (Exception failure) when (IsOfTheLog(failure))
            {
                if (MustEnd(log, failure, out var error))
                {
                    return error;
                }
            }
        }
    }

    /// <summary>Whether a client that names the epoch it believes in is up to date (KIP-320); -1 names none.</summary>
    public ErrorCode CheckLeaderEpoch(int clientEpoch) =>
        clientEpoch < 0 || clientEpoch == LeaderEpoch ? ErrorCode.None
        : clientEpoch < LeaderEpoch ? ErrorCode.FencedLeaderEpoch
        : ErrorCode.UnknownLeaderEpoch;

    /// <summary>The epoch in which the record at an offset was appended, or null when that is not known.</summary>
    public int? EpochOf(long offset)
    {
        int? epoch = null;
        foreach (var entry in Log.LeaderEpochs)
        {
            if (entry.StartOffset > offset)
            {
                break;
            }

            epoch = entry.Epoch;
        }

        return epoch;
    }

    /// <summary>Where an epoch ended (KIP-101); <see cref="EpochEnd.Undefined"/> when nothing is known of it.</summary>
    public EpochEnd EndOfEpoch(int leaderEpoch) => Log.EndOfEpoch(leaderEpoch);

    /// <summary>Reads from an offset on. Without an error, the records of the result belong to the caller.</summary>
    public ErrorCode Read(long offset, int bytesMax, bool readCommitted, bool atLeastOneBatch, out LogReadResult result)
    {
        PartitionLog log;
        while (true)
        {
            log = _log;
            try
            {
                var bound = readCommitted ? FetchBound.LastStable : FetchBound.HighWatermark;
                result = bytesMax > 0 || atLeastOneBatch ? log.Read(offset, bytesMax, bound, atLeastOneBatch) : log.Look(offset, bound);
                break;
            }
            catch (Exception failure) when (IsOfTheLog(failure))
            {
                if (MustEnd(log, failure, out var error))
                {
                    result = default;
                    return error;
                }
            }
        }

        if (!result.IsOutOfRange)
        {
            if (result.Records.Length > 0)
            {
                result = result with { Records = new PartitionRecords(this, log.Directory, result.Records) };
            }

            return ErrorCode.None;
        }

        result.Records.Dispose();
        result = default;
        return ErrorCode.OffsetOutOfRange;
    }

    /// <summary>Finds the first record that is not older than a timestamp; null when there is none.</summary>
    public ErrorCode FindByTimestamp(long timestamp, out TimestampLookup? found) => Ask(log => log.FindByTimestamp(timestamp), out found);

    /// <summary>Finds the record with the greatest timestamp (KIP-734); null when no record has one.</summary>
    public ErrorCode FindNewest(out TimestampLookup? found) => Ask(static log => log.FindNewest(), out found);

    /// <inheritdoc cref="PartitionLog.FindOffsetsBefore"/>
    public ErrorCode FindOffsetsBefore(long timestamp, int countMax, out IReadOnlyList<long>? offsets) =>
        Ask(log => log.FindOffsetsBefore(timestamp, countMax), out offsets);

    /// <summary>What the log knows of its producers (KIP-664).</summary>
    public ErrorCode DescribeProducers(out IReadOnlyList<ProducerSnapshotEntry>? producers) => Ask(static log => log.DescribeProducers(), out producers);

    /// <summary>Moves the start of the log up to an offset, or up to all that is replicated enough (KIP-107).</summary>
    /// <param name="offset">The first offset to stay, or null for the high watermark. Before the start of the log it changes nothing.</param>
    /// <param name="logStartOffset">Where the log begins then; -1 with an error.</param>
    /// <returns>OFFSET_OUT_OF_RANGE when the offset lies behind the high watermark.</returns>
    public ErrorCode DeleteRecords(long? offset, out long logStartOffset)
    {
        var error = Ask(log => log.DeleteRecordsBefore(offset ?? log.HighWatermark) ? log.LogStartOffset : NoOffset, out logStartOffset);
        if (error != ErrorCode.None)
        {
            logStartOffset = NoOffset;
            return error;
        }

        return logStartOffset == NoOffset ? ErrorCode.OffsetOutOfRange : ErrorCode.None;
    }

    /// <summary>How many wait for it.</summary>
    internal int WatcherCount => _watchers.Count;

    /// <summary>Has a watcher told of the next change, once.</summary>
    public void Watch(IAppendWatcher watcher) => _watchers.Add(watcher);

    public void Unwatch(IAppendWatcher watcher) => _watchers.Remove(watcher);

    public void NotifyWatchers() => _watchers.Notify();

    /// <summary>Tells the owner of the log that its disk failed, for those who read the log themselves.</summary>
    internal void TellOf(LogFailedException failure) => _storageFailed(this, failure);

    /// <summary>
    /// Goes on with another log, which holds exactly what the one before holds. Called while nobody can append to either, so that whoever meets
    /// the old one as closed finds the new one here.
    /// </summary>
    internal void MoveTo(PartitionLog log)
    {
        log.UpdateHighWatermark(log.LogEndOffset);
        log.StartMoved = NotifyWatchers;
        _log = log;
    }

    /// <summary>
    /// The partition is not served here any more, and whoever still holds it is told why when its log is closed under them. Those who wait
    /// are woken.
    /// </summary>
    internal void End(ErrorCode why)
    {
        _ended = (int)why;
        NotifyWatchers();
    }

    /// <summary>Whether an exception says that the log cannot be used any more: its disk failed, or its owner has closed it.</summary>
    private static bool IsOfTheLog(Exception failure) => failure is LogFailedException or ObjectDisposedException;

    /// <summary>Whether a log that cannot be used any more was the partition's own; otherwise another one has taken its place, and the caller tries that.</summary>
    private bool MustEnd(PartitionLog used, Exception failure, out ErrorCode error)
    {
        error = ErrorCode.KafkaStorageError;
        if (failure is LogFailedException diskFailure)
        {
            TellOf(diskFailure);
        }
        else
        {
            error = (ErrorCode)_ended;
        }

        return ReferenceEquals(used, _log);
    }

    /// <summary>For what is asked rarely: the closure is an allocation.</summary>
    private ErrorCode Ask<TAnswer>(Func<PartitionLog, TAnswer> question, out TAnswer? answer)
    {
        while (true)
        {
            var log = _log;
            try
            {
                answer = question(log);
                return ErrorCode.None;
            }
            catch (Exception failure) when (IsOfTheLog(failure))
            {
                if (MustEnd(log, failure, out var error))
                {
                    answer = default;
                    return error;
                }
            }
        }
    }

    private AppendOutcome Append(Memory<byte> records, in LogAppendRequest request)
    {
        var outcome = AppendToLog(records, request);
        Metrics.Appended(outcome, records.Length);
        return outcome;
    }

    private AppendOutcome AppendToLog(Memory<byte> records, in LogAppendRequest request)
    {
        LogAppendResult result;
        while (true)
        {
            var log = _log;
            try
            {
                result = log.AppendAsLeader(records, LeaderEpoch, request);
                break;
            }
            catch (Exception failure) when (IsOfTheLog(failure))
            {
                if (MustEnd(log, failure, out var error))
                {
                    return new AppendOutcome { Error = error, LogStartOffset = NoOffset, Message = $"The log of {Name} is not to be had any more." };
                }
            }
        }

        if (result.Error != LogAppendError.None)
        {
            return new AppendOutcome
            {
                Error = result.Error.ToErrorCode(),
                Message = result.Failure?.Message,
                RefusedRecords = result.Failure?.Records,
                Cause = result.Failure?.Cause ?? (result.Error == LogAppendError.OutOfOrderSequence ? AppendFailureCause.Numbering : AppendFailureCause.Other),
                LogStartOffset = result.Error.IsAboutTheLog() ? Log.LogStartOffset : NoOffset,
            };
        }

        if (result.IsAppended)
        {
            // Whatever has become of the log that was appended to: the one that is here now has the records, and is the one that is read.
            Log.UpdateHighWatermark(result.LastOffset + 1);
            NotifyWatchers();
        }

        return new AppendOutcome
        {
            BaseOffset = result.FirstOffset,
            LastOffset = result.LastOffset,
            LogAppendTimeMs = result.LogAppendTime,
            LogStartOffset = result.LogStartOffset,
            MustFlush = result.MustFlush,
            ConvertedRecords = result.ConvertedRecords,
        };
    }
}
