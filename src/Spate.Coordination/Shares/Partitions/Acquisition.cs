namespace Spate.Coordination.Shares.Partitions;

/// <summary>Hands records of a window to one member, once. Whoever uses it tidies the window afterwards.</summary>
internal sealed class Acquisition(DeliveryWindow window, SharePartitionLimits limits, AcquireRequest request, long nowMs)
{
    private readonly AcquiredRanges _answer = new(request.BatchSize);
    private readonly long _lockedUntilMs = nowMs + limits.LockDurationMs;

    /// <summary>Hands out what batches have, and finishes the offsets that they leave out.</summary>
    /// <param name="fetchOffset">From where the batches were read.</param>
    /// <param name="batches">Their offsets, in order. The first one may begin earlier.</param>
    /// <param name="endOffset">Behind what was read; null when that is not known beyond the last batch.</param>
    public IReadOnlyList<AcquiredRange> Run(long fetchOffset, IReadOnlyList<OffsetRange> batches, long? endOffset)
    {
        var position = Math.Max(fetchOffset, window.Start);
        foreach (var batch in batches)
        {
            if (_answer.Records >= request.RecordsMax)
            {
                return _answer.Ranges;
            }

            if (batch.Last < position)
            {
                continue;
            }

            FinishGap(window, position, batch.First - 1);
            position = Math.Max(position, batch.First);
            if (!TakeFrom(position, batch.Last))
            {
                return _answer.Ranges;
            }

            position = batch.Last + 1;
        }

        FinishGap(window, position, (endOffset ?? position) - 1);
        return _answer.Ranges;
    }

    /// <summary>Finishes offsets at which there are no records, because compaction took them or a transaction was aborted.</summary>
    public static void FinishGap(DeliveryWindow window, long first, long last)
    {
        if (first > last)
        {
            return;
        }

        if (last >= window.End)
        {
            window.Append(last, DeliveryState.Archived, 0);
        }

        foreach (var run in window.Cover(first, last))
        {
            if (run.IsDeliverable)
            {
                run.Become(DeliveryState.Archived, run.DeliveryCount);
            }
        }
    }

    /// <returns>Whether more may be taken.</returns>
    private bool TakeFrom(long first, long last)
    {
        if (first < window.End && !TakeAgain(window.Cover(first, Math.Min(last, window.End - 1))))
        {
            return false;
        }

        if (last < window.End)
        {
            return true;
        }

        var room = Math.Min(request.RecordsMax - _answer.Records, limits.RecordLocksMax - window.Unfinished - _answer.NewRecords);
        if (room <= 0)
        {
            return false;
        }

        var until = request.Mode == AcquireMode.RecordLimit ? Math.Min(last, window.End + room - 1) : last;
        var fresh = window.Append(until, DeliveryState.Available, 0);
        _answer.NewRecords += fresh.Count;
        Take(fresh);
        return until == last;
    }

    /// <summary>What was delivered before.</summary>
    /// <returns>Whether more may be taken.</returns>
    private bool TakeAgain(IReadOnlyList<DeliveryRun> runs)
    {
        foreach (var run in runs)
        {
            if (!run.IsDeliverable)
            {
                continue;
            }

            var room = request.RecordsMax - _answer.Records;
            if (request.Mode == AcquireMode.RecordLimit && run.Count > room)
            {
                if (room > 0)
                {
                    Take(window.Cover(run.First, run.First + room - 1)[0]);
                }

                return false;
            }

            Take(run);
        }

        return true;
    }

    private void Take(DeliveryRun run)
    {
        run.Acquire(request.MemberId, _lockedUntilMs);
        _answer.Add(run);
    }
}
