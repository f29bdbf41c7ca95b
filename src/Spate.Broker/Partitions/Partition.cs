using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Partitions;

/// <summary>
/// One partition that this node leads: its log, and those who wait for it to grow. Safe for use by several threads at once. As long as this
/// node is the only replica, what is in the log is replicated enough, and the high watermark follows the log's end.
/// </summary>
public sealed class Partition
{
    private const long NoOffset = -1;

    private readonly WatcherList _watchers = new();
    private readonly Action<Partition, LogFailedException> _storageFailed;
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
        Log = log;
        _storageFailed = storageFailed;
        log.StartMoved = NotifyWatchers;
    }

    public TopicPartition Name { get; }

    public Uuid TopicId { get; }

    public int LeaderEpoch { get; }

    public PartitionLog Log { get; }

    /// <summary><c>min.insync.replicas</c> of the topic.</summary>
    public int MinInsyncReplicas { get; set; } = 1;

    /// <summary>Replicas in sync, this one among them.</summary>
    public int InSyncReplicas { get; set; } = 1;

    /// <summary>
    /// Appends what a producer sent; offsets are patched into <paramref name="records"/> where they lie. When it returns without an error,
    /// the records can be read, unless the outcome says that a flush must come first.
    /// </summary>
    public AppendOutcome Append(Memory<byte> records, in ProduceTerms terms)
    {
        if (terms.RequiresInSyncReplicas && InSyncReplicas < MinInsyncReplicas)
        {
            return new AppendOutcome
            {
                Error = ErrorCode.NotEnoughReplicas,
                LogStartOffset = NoOffset,
                Message = $"{Name} has {InSyncReplicas} replicas in sync, and min.insync.replicas asks for {MinInsyncReplicas}.",
            };
        }

        // Nobody can verify a transaction here yet, so none can begin: one that nobody ends would hold the last stable offset for ever.
        return Append(records, new LogAppendRequest { AcceptsLegacyMagic = terms.AcceptsLegacyMagic, AcceptsZstd = terms.AcceptsZstd, MustVerify = true });
    }

    /// <summary>Appends on behalf of a coordinator of this broker.</summary>
    public AppendOutcome AppendInternal(Memory<byte> records) => Append(records, new LogAppendRequest { Origin = AppendOrigin.Coordinator });

    /// <summary>Completes when the record at <paramref name="lastOffset"/> and all before it are on the disk, and tells when they cannot be.</summary>
    public async ValueTask<ErrorCode> WaitUntilDurableAsync(long lastOffset)
    {
        try
        {
            await Log.WaitUntilFlushedAsync(lastOffset + 1);
            return ErrorCode.None;
        }
        catch (Exception failure) when (IsOfTheLog(failure))
        {
            return Explain(failure);
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

    /// <summary>Reads from an offset on. Without an error, the records of the result belong to the caller.</summary>
    public ErrorCode Read(long offset, int bytesMax, bool readCommitted, bool atLeastOneBatch, out LogReadResult result)
    {
        try
        {
            var bound = readCommitted ? FetchBound.LastStable : FetchBound.HighWatermark;
            result = bytesMax > 0 || atLeastOneBatch ? Log.Read(offset, bytesMax, bound, atLeastOneBatch) : Log.Look(offset, bound);
        }
        catch (Exception failure) when (IsOfTheLog(failure))
        {
            result = default;
            return Explain(failure);
        }

        if (!result.IsOutOfRange)
        {
            if (result.Records.Length > 0)
            {
                result = result with { Records = new PartitionRecords(this, result.Records) };
            }

            return ErrorCode.None;
        }

        result.Records.Dispose();
        result = default;
        return ErrorCode.OffsetOutOfRange;
    }

    /// <summary>Finds the first record that is not older than a timestamp; null when there is none.</summary>
    public ErrorCode FindByTimestamp(long timestamp, out TimestampLookup? found)
    {
        try
        {
            found = Log.FindByTimestamp(timestamp);
            return ErrorCode.None;
        }
        catch (Exception failure) when (IsOfTheLog(failure))
        {
            found = null;
            return Explain(failure);
        }
    }

    /// <summary>Finds the record with the greatest timestamp (KIP-734); null when no record has one.</summary>
    public ErrorCode FindNewest(out TimestampLookup? found)
    {
        try
        {
            found = Log.FindNewest();
            return ErrorCode.None;
        }
        catch (Exception failure) when (IsOfTheLog(failure))
        {
            found = null;
            return Explain(failure);
        }
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

    private ErrorCode Explain(Exception failure)
    {
        if (failure is not LogFailedException diskFailure)
        {
            return (ErrorCode)_ended;
        }

        TellOf(diskFailure);
        return ErrorCode.KafkaStorageError;
    }

    private AppendOutcome Append(Memory<byte> records, in LogAppendRequest request)
    {
        LogAppendResult result;
        try
        {
            result = Log.AppendAsLeader(records, LeaderEpoch, request);
        }
        catch (Exception failure) when (IsOfTheLog(failure))
        {
            return new AppendOutcome { Error = Explain(failure), LogStartOffset = NoOffset, Message = $"The log of {Name} is not to be had any more." };
        }

        if (result.Error != LogAppendError.None)
        {
            return new AppendOutcome
            {
                Error = result.Error.ToErrorCode(),
                Message = result.Failure?.Message,
                RefusedRecords = result.Failure?.Records,
                LogStartOffset = result.Error.IsAboutTheLog() ? Log.LogStartOffset : NoOffset,
            };
        }

        if (result.IsAppended)
        {
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
        };
    }
}
