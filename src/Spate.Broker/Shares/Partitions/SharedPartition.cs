using System.Diagnostics.CodeAnalysis;
using Spate.Broker.Partitions;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Shares.Partitions;

/// <summary>
/// One partition that this node leads, as one share group reads it: gives its records to members, takes their word on them, has written down what became of them
/// before it takes effect, and takes back what was held too long. What is written goes one after the other; a write of which is not known how it ended ends the whole,
/// and what is kept is read again. Safe for use by several threads at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody waits for through a handle has nothing to let go of, and the timer goes with the end.")]
internal sealed class SharedPartition : IWatched
{
    /// <summary>How long to wait before records are given up that could not be, in milliseconds.</summary>
    private const long RetryMs = 1000;

    private readonly SharedParts _parts;
    private readonly int _stateEpoch;
    private readonly WatcherList _watchers = new();
    private readonly ITimer _timer;
    private readonly Lock _lock = new();

    /// <summary>Whoever has it may have something written down.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    private volatile ShareSettings _settings;

    // Under the lock.
    private readonly SharePartition _deliveries;
    private ErrorCode _ended = ErrorCode.None;
    private long _notBeforeMs;

    /// <param name="key">The group and the partition.</param>
    /// <param name="partition">The partition in the epoch in which it is led.</param>
    /// <param name="deliveries">What became of its records so far.</param>
    /// <param name="stateEpoch">The epoch of what is kept.</param>
    /// <param name="parts">What all of them need.</param>
    public SharedPartition(SharePartitionKey key, Partition partition, SharePartition deliveries, int stateEpoch, SharedParts parts)
    {
        Key = key;
        Partition = partition;
        _deliveries = deliveries;
        _stateEpoch = stateEpoch;
        _parts = parts;
        _settings = parts.Settings.Of(key.GroupId);
        _timer = parts.Clock.CreateTimer(static self => ((SharedPartition)self!).OwnTakingBack(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public SharePartitionKey Key { get; }

    public Partition Partition { get; }

    /// <summary>Told when what is known here may no longer be what is kept; it has ended then.</summary>
    public Action<SharedPartition>? Ended { get; init; }

    /// <summary>Records with members.</summary>
    public long RecordsHeld
    {
        get
        {
            lock (_lock)
            {
                return _deliveries.RecordsHeld;
            }
        }
    }

    /// <summary>Whether nothing is under way and nobody waits, so that nothing is lost when what is kept is read again later.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _deliveries.RecordsUnderWay == 0 && _watchers.Count == 0;
            }
        }
    }

    /// <summary>Why nothing is given to anybody any more; None while it is.</summary>
    public ErrorCode EndedWith
    {
        get
        {
            lock (_lock)
            {
                return _ended;
            }
        }
    }

    private long NowMs => (long)_parts.Clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Reads what a member could be given next.</summary>
    /// <param name="bytesMax">How much, but for the first batch.</param>
    /// <param name="atLeastOneBatch">Whether the first batch is wanted whole, however large.</param>
    /// <param name="recordsMax">How many records are wanted.</param>
    /// <param name="read">What was read, which belongs to the caller; null when there is nothing to be given at present.</param>
    public ErrorCode Look(int bytesMax, bool atLeastOneBatch, int recordsMax, out RecordsRead? read)
    {
        while (true)
        {
            read = null;
            if (NextToRead(out var end) is not { } next)
            {
                return EndedWith;
            }

            var error = Partition.Read(next, bytesMax, Settings().ReadCommitted, atLeastOneBatch, out var result);
            if (error == ErrorCode.OffsetOutOfRange)
            {
                if (Partition.Log.LogStartOffset > next)
                {
                    // The start of the log has moved between the two looks.
                    continue;
                }

                return ErrorCode.None;
            }

            // Behind what was delivered before every record is free, so that no more of them need to be looked at than are wanted.
            if (error != ErrorCode.None || (error = LookThrough(result, next, Math.Max(next, end) + recordsMax, out read)) != ErrorCode.None || read!.Batches.Count > 0)
            {
                return error;
            }

            var passed = read.EndOffset;
            read.Dispose();
            read = null;
            if (passed == next)
            {
                return ErrorCode.None;
            }

            lock (_lock)
            {
                _deliveries.FinishGap(next, passed - 1);
            }
        }
    }

    /// <summary>Gives records of what was read to a member; none when others have been quicker.</summary>
    public IReadOnlyList<AcquiredRange> Acquire(AcquireRequest request, RecordsRead read)
    {
        lock (_lock)
        {
            if (_ended != ErrorCode.None)
            {
                return [];
            }

            var ranges = _deliveries.Acquire(request, read.FetchOffset, read.Batches, NowMs, read.EndOffset);
            Arm();
            return ranges;
        }
    }

    /// <summary>Takes a member's word on records that it holds, and has it written down.</summary>
    public async ValueTask<ErrorCode> AcknowledgeAsync(string memberId, IReadOnlyList<Acknowledgement> acknowledgements)
    {
        var error = await ChangeAsync(deliveries => (deliveries.Acknowledge(memberId, acknowledgements, NowMs, out var change), change));
        if (error == ErrorCode.None)
        {
            _parts.Metrics.Acknowledged(acknowledgements);
        }

        return error;
    }

    /// <summary>A member is gone: others get what it held.</summary>
    public ValueTask<ErrorCode> ReleaseAsync(string memberId) => ChangeAsync(deliveries => (ErrorCode.None, deliveries.Release(memberId)));

    public void Watch(IAppendWatcher watcher) => _watchers.Add(watcher);

    public void Unwatch(IAppendWatcher watcher) => _watchers.Remove(watcher);

    /// <summary>Gives nothing to anybody any more, and wakes those who wait.</summary>
    /// <param name="why">What whoever still asks is told.</param>
    public void End(ErrorCode why)
    {
        lock (_lock)
        {
            if (_ended != ErrorCode.None)
            {
                return;
            }

            _ended = why;
            _timer.Dispose();
        }

        _watchers.Notify();
    }

    private ErrorCode LookThrough(in LogReadResult result, long from, long until, out RecordsRead? read)
    {
        try
        {
            read = RecordsRead.Of(result, from, until);
            return ErrorCode.None;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            _parts.Logger.NotRead(Partition.Name, Key.GroupId, failure);
            read = null;
            return ErrorCode.KafkaStorageError;
        }
    }

    /// <param name="end">The first offset that was never delivered.</param>
    /// <returns>Null when as many records are under way as may be, or when it has ended.</returns>
    private long? NextToRead(out long end)
    {
        lock (_lock)
        {
            _deliveries.MoveStart(Partition.Log.LogStartOffset);
            _deliveries.Limits = Settings().Limits;
            end = _deliveries.EndOffset;
            return _ended == ErrorCode.None ? _deliveries.NextOffset : null;
        }
    }

    private ShareSettings Settings() => _settings = _parts.Settings.Of(Key.GroupId, _settings);

    /// <summary>Decides on a change and has it written down, one after the other.</summary>
    private async ValueTask<ErrorCode> ChangeAsync(Func<SharePartition, (ErrorCode Error, ShareStateChange? Change)> decide)
    {
        await _turn.WaitAsync();
        try
        {
            ShareStateChange? change;
            lock (_lock)
            {
                if (_ended != ErrorCode.None)
                {
                    return _ended;
                }

                _deliveries.Limits = Settings().Limits;
                (var error, change) = decide(_deliveries);
                Arm();
                if (change is null)
                {
                    return error;
                }
            }

            // What was given back is to be had already.
            _watchers.Notify();
            return await WriteAsync(change);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<ErrorCode> WriteAsync(ShareStateChange change)
    {
        var error = change.DeadLetters.Count == 0 ? ErrorCode.None : await _parts.DeadLetters.WriteAsync(Key, Partition, _settings, change.DeadLetters);
        if (error != ErrorCode.None)
        {
            // They stay with their member, and are given up when it says so again or its lock has ended.
            _parts.Logger.NotGivenUp(Key, error);
            lock (_lock)
            {
                _deliveries.RollBack(change);
                _notBeforeMs = NowMs + RetryMs;
                Arm();
            }

            return error;
        }

        error = await _parts.States.WriteAsync(Key, Partition.LeaderEpoch, _stateEpoch, change);
        if (error != ErrorCode.None)
        {
            _parts.Logger.NotWrittenDown(Key, error);
            End(error);
            Ended?.Invoke(this);
            return error;
        }

        lock (_lock)
        {
            _deliveries.Commit(change);
            Arm();
        }

        _watchers.Notify();
        return ErrorCode.None;
    }

    /// <summary>Sets the alarm to the end of the first lock, and to now if that has passed since somebody looked. Under the lock.</summary>
    private void Arm()
    {
        if (_ended == ErrorCode.None)
        {
            var delay = _deliveries.NextLockEndMs is { } due ? TimeSpan.FromMilliseconds(Math.Max(0, Math.Max(due, _notBeforeMs) - NowMs)) : Timeout.InfiniteTimeSpan;
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    private void OwnTakingBack() => _parts.Work.Own(ChangeAsync(TakeBack).AsTask());

    private (ErrorCode, ShareStateChange?) TakeBack(SharePartition deliveries)
    {
        var held = deliveries.RecordsHeld;
        var change = deliveries.ExpireLocks(NowMs);
        _parts.Metrics.LocksEnded(held - deliveries.RecordsHeld + (change?.DeadLetters.Sum(static letters => letters.Offsets.Count) ?? 0));
        return (ErrorCode.None, change);
    }
}
