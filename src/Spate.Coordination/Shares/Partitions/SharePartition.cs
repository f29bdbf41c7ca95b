using Spate.Protocol.Errors;

namespace Spate.Coordination.Shares.Partitions;

/// <summary>
/// What a share group has done with the records of one partition (KIP-932): which wait, which member holds which and until when, which are finished. A state
/// machine without a clock: every call says what time it is, on a clock that only goes forward. Not safe for use by several threads at once. Of what it knows only
/// finished and returned records are written down; what was held when a broker died is available again, without that delivery being counted.
/// </summary>
public sealed class SharePartition
{
    private readonly DeliveryWindow _window;

    /// <param name="limits">What it is held to.</param>
    /// <param name="startOffset">Where delivery begins.</param>
    /// <param name="batches">What was written down, in the order of the offsets; what lies between was under way or never delivered.</param>
    /// <exception cref="ArgumentException">The batches overlap, are out of order, or speak of records that are held.</exception>
    public SharePartition(SharePartitionLimits limits, long startOffset, IReadOnlyList<StateBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfNegative(startOffset);
        Limits = limits;
        _window = new DeliveryWindow(startOffset);
        foreach (var batch in batches)
        {
            if (batch.Last < startOffset)
            {
                continue;
            }

            var first = Math.Max(batch.First, startOffset);
            if (first < _window.End || batch.Last < first || batch.State == DeliveryState.Acquired || !Enum.IsDefined(batch.State))
            {
                throw new ArgumentException($"The batch {batch} does not follow {_window.End - 1}, or has a state that is never written down.", nameof(batches));
            }

            if (first > _window.End)
            {
                _window.Append(first - 1, DeliveryState.Available, 0);
            }

            _window.Append(batch.Last, batch.State, batch.DeliveryCount);
        }

        _window.Tidy();
    }

    /// <summary>What it is held to.</summary>
    public SharePartitionLimits Limits { get; set; }

    /// <summary>The first offset that is not finished.</summary>
    public long StartOffset => _window.Start;

    /// <summary>The first offset that was never delivered.</summary>
    public long EndOffset => _window.End;

    /// <summary>Records that are held, or wait to be delivered again.</summary>
    public long RecordsUnderWay => _window.Unfinished;

    /// <summary>Offsets from <see cref="StartOffset"/> on that are finished.</summary>
    public long DeliveryCompleteCount => _window.End - _window.Start - _window.Unfinished;

    /// <summary>Where to read what can be delivered next; null when as many records are under way as may be.</summary>
    public long? NextOffset
    {
        get
        {
            foreach (var run in _window.Runs)
            {
                if (run.IsDeliverable)
                {
                    return run.First;
                }
            }

            return _window.Unfinished < Limits.RecordLocksMax ? _window.End : null;
        }
    }

    /// <summary>Records that members hold.</summary>
    public long RecordsHeld => _window.Runs.Where(static run => run.State == DeliveryState.Acquired).Sum(static run => run.Count);

    /// <summary>When the first lock ends; null when nothing is held.</summary>
    public long? NextLockEndMs
    {
        get
        {
            long? next = null;
            foreach (var run in _window.Runs)
            {
                if (run is { State: DeliveryState.Acquired, Change: null } && !(next < run.LockedUntilMs))
                {
                    next = run.LockedUntilMs;
                }
            }

            return next;
        }
    }

    /// <summary>Gives records to a member.</summary>
    /// <param name="request">What the member asks for.</param>
    /// <param name="fetchOffset">From where the batches were read: offsets that they leave out have no records, and are finished.</param>
    /// <param name="batches">The offsets of the batches that were read, in order. The first one may begin earlier.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="endOffset">Behind what was read, where offsets after the last batch were found to have no records; null when nothing is known of them.</param>
    /// <returns>What the member holds now.</returns>
    public IReadOnlyList<AcquiredRange> Acquire(AcquireRequest request, long fetchOffset, IReadOnlyList<OffsetRange> batches, long nowMs, long? endOffset = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.RecordsMax, 1);
        var ranges = new Acquisition(_window, Limits, request, nowMs).Run(fetchOffset, batches, endOffset);
        _window.Tidy();
        return ranges;
    }

    /// <summary>Finishes offsets at which there are no records, as whoever read them found out: control records, those of aborted transactions, those that compaction took.</summary>
    /// <param name="first">The first, from which was read.</param>
    /// <param name="last">The last.</param>
    public void FinishGap(long first, long last)
    {
        Acquisition.FinishGap(_window, Math.Max(first, _window.Start), last);
        _window.Tidy();
    }

    /// <summary>Takes a member's word on records that it holds: all of it, or nothing.</summary>
    /// <param name="memberId">Who speaks.</param>
    /// <param name="acknowledgements">What it says.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="change">What has to be written down; null when nothing has to.</param>
    /// <returns>INVALID_REQUEST for what makes no sense, INVALID_RECORD_STATE when the member does not hold all the records.</returns>
    public ErrorCode Acknowledge(string memberId, IReadOnlyList<Acknowledgement> acknowledgements, long nowMs, out ShareStateChange? change)
    {
        ArgumentNullException.ThrowIfNull(acknowledgements);
        change = null;
        if (!acknowledgements.All(static one => one.IsWellFormed))
        {
            return ErrorCode.InvalidRequest;
        }

        var staged = new ShareStateChange();
        var renewed = new List<DeliveryRun>();
        var letters = new List<DeadLetters>();
        foreach (var (range, type) in acknowledgements.SelectMany(static one => one.Stretches()))
        {
            if (range.Last < _window.Start)
            {
                // Finished meanwhile, because the log has let go of it.
                continue;
            }

            if (range.Last >= _window.End || !_window.Cover(Math.Max(range.First, _window.Start), range.Last).All(run => Stage(run, memberId, type, staged, renewed, letters)))
            {
                RollBack(staged);
                return ErrorCode.InvalidRecordState;
            }
        }

        foreach (var run in renewed)
        {
            run.Unstage();
            run.LockedUntilMs = nowMs + Limits.LockDurationMs;
        }

        change = Describe(staged, letters, []);
        _window.Tidy();
        return ErrorCode.None;
    }

    /// <summary>The write succeeded: the change takes effect.</summary>
    public void Commit(ShareStateChange change)
    {
        foreach (var run in _window.Runs)
        {
            if (run.Change == change)
            {
                run.Become(run.Next.State, run.Next.DeliveryCount);
            }
        }

        _window.Tidy();
    }

    /// <summary>The write failed: who held the records holds them still, until the lock ends.</summary>
    public void RollBack(ShareStateChange change)
    {
        foreach (var run in _window.Runs)
        {
            if (run.Change == change)
            {
                run.Unstage();
            }
        }

        _window.Tidy();
    }

    /// <summary>
    /// Takes back what was held too long. It can be delivered again at once; what was delivered too often already is given up when that has been written down.
    /// </summary>
    /// <returns>What has to be written down; null when no lock has ended.</returns>
    public ShareStateChange? ExpireLocks(long nowMs) => TakeBack(run => run.LockedUntilMs <= nowMs, isDelivery: true);

    /// <summary>A member is gone: takes back all that it holds. That delivery does not count, since the member may never have seen it.</summary>
    /// <returns>What has to be written down; null when it held nothing.</returns>
    public ShareStateChange? Release(string memberId) => TakeBack(run => run.MemberId == memberId, isDelivery: false);

    /// <summary>The log begins later now: records before are gone, whoever holds them.</summary>
    public void MoveStart(long logStartOffset) => _window.CutBefore(logStartOffset);

    /// <summary>All offsets of the window with what is known of them, for descriptions and tests.</summary>
    public IEnumerable<(StateBatch Batch, string? MemberId)> Describe() =>
        _window.Runs.Select(static run => (new StateBatch(run.First, run.Last, run.State, run.DeliveryCount), run.MemberId));

    private bool Stage(
        DeliveryRun run, string memberId, AcknowledgeType type, ShareStateChange change, List<DeliveryRun> renewed, List<DeadLetters> letters)
    {
        if (!run.IsHeldBy(memberId))
        {
            return false;
        }

        switch (type)
        {
            case AcknowledgeType.Accept:
                run.Stage(change, DeliveryState.Acknowledged, run.DeliveryCount);
                break;
            case AcknowledgeType.Gap:
                run.Stage(change, DeliveryState.Archived, run.DeliveryCount);
                break;
            case AcknowledgeType.Reject:
                GiveUp(run, change, DeadLetterReason.Rejected, letters);
                break;
            case AcknowledgeType.Release when run.DeliveryCount >= Limits.DeliveryCountLimit:
                GiveUp(run, change, DeadLetterReason.DeliveriesUsedUp, letters);
                break;
            case AcknowledgeType.Release:
                run.Stage(change, DeliveryState.Available, run.DeliveryCount);
                break;
            default:
                run.Stage(change, run.State, run.DeliveryCount);
                renewed.Add(run);
                break;
        }

        return true;
    }

    private static void GiveUp(DeliveryRun run, ShareStateChange change, DeadLetterReason reason, List<DeadLetters> letters)
    {
        run.Stage(change, DeliveryState.Archived, run.DeliveryCount);
        letters.Add(new DeadLetters(new OffsetRange(run.First, run.Last), reason, run.DeliveryCount));
    }

    private ShareStateChange? TakeBack(Func<DeliveryRun, bool> isMeant, bool isDelivery)
    {
        var change = new ShareStateChange();
        var letters = new List<DeadLetters>();
        var returned = new List<StateBatch>();
        foreach (var run in _window.Runs)
        {
            if (run is not { State: DeliveryState.Acquired, Change: null } || !isMeant(run))
            {
                continue;
            }

            var count = isDelivery ? run.DeliveryCount : (short)(run.DeliveryCount - 1);
            if (count >= Limits.DeliveryCountLimit)
            {
                GiveUp(run, change, DeadLetterReason.DeliveriesUsedUp, letters);
            }
            else
            {
                run.Become(DeliveryState.Available, count);
                returned.Add(new StateBatch(run.First, run.Last, run.State, count));
            }
        }

        var described = Describe(change, letters, returned);
        _window.Tidy();
        return described;
    }

    /// <summary>Fills a change in: what is staged for it, and what has become of records already.</summary>
    private ShareStateChange? Describe(ShareStateChange change, IReadOnlyList<DeadLetters> letters, IReadOnlyList<StateBatch> returned)
    {
        var batches = new List<StateBatch>(returned);
        var start = _window.Start;
        var finished = 0L;
        foreach (var run in _window.Runs)
        {
            var isFinished = run.IsFinishedAfter(change);
            start = isFinished && run.First == start ? run.Last + 1 : start;
            finished += isFinished && run.First > start ? run.Count : 0;
            if (run.Change == change)
            {
                batches.Add(new StateBatch(run.First, run.Last, run.Next.State, run.Next.DeliveryCount));
            }
        }

        if (batches.Count == 0)
        {
            return null;
        }

        change.StartOffset = start;
        change.DeliveryCompleteCount = (int)Math.Min(int.MaxValue, finished);
        change.Batches = [.. batches.Where(batch => batch.Last >= start).OrderBy(static batch => batch.First)];
        change.DeadLetters = letters;
        return change;
    }
}
