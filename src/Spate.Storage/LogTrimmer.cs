using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>Takes records out of the log: from the front by retention and by request, from the back when another leader knows better.</summary>
internal sealed class LogTrimmer(
    LogState state, LogAppender appender, LogFlusher flusher, LogReader reader, LogDeletions deletions)
{
    /// <summary>Cuts off everything at and behind an offset.</summary>
    /// <returns>False when the log does not reach to it.</returns>
    public bool TruncateTo(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (state.Flushing)
        {
            lock (state.Appending)
            {
                state.ThrowIfUnchangeable();
                if (offset >= state.End.Offset)
                {
                    return false;
                }

                try
                {
                    if (offset < state.Segments[0].BaseOffset)
                    {
                        StartAnewAt(offset);
                    }
                    else
                    {
                        Truncate(offset);
                    }
                }
                catch (Exception failure) when (LogState.IsDiskFailure(failure))
                {
                    throw state.Fail("truncating", failure);
                }
            }
        }

        return true;
    }

    /// <summary>Drops all records; the log is empty and begins at an offset.</summary>
    public void TruncateFullyAndStartAt(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (state.Flushing)
        {
            lock (state.Appending)
            {
                state.ThrowIfUnchangeable();
                try
                {
                    StartAnewAt(offset);
                }
                catch (Exception failure) when (LogState.IsDiskFailure(failure))
                {
                    throw state.Fail("truncating", failure);
                }
            }
        }
    }

    /// <summary>Moves the log's start.</summary>
    /// <returns>False when the offset lies behind the high watermark.</returns>
    public bool DeleteRecordsBefore(long offset)
    {
        lock (state.Appending)
        {
            state.ThrowIfUnchangeable();
            if (offset > state.HighWatermark)
            {
                return false;
            }

            AdvanceLogStart(offset);
            return true;
        }
    }

    /// <summary>Deletes the segments that retention allows to go, oldest first.</summary>
    /// <returns>How many.</returns>
    public int DeleteOldSegments()
    {
        lock (state.Appending)
        {
            state.ThrowIfUnchangeable();
            try
            {
                var deleted = DeleteWhile((_, next) => next <= state.LogStartOffset, mayRoll: false, DeletionReason.LogStart);
                var config = state.Config;
                if (!config.DeletesOldSegments)
                {
                    return deleted;
                }

                if (config.RetentionMs >= 0)
                {
                    var now = state.NowMs;
                    deleted += DeleteWhile((segment, _) => now - TimeOf(segment) > config.RetentionMs, mayRoll: true, DeletionReason.Age);
                }

                if (config.RetentionBytes >= 0)
                {
                    var excess = state.Segments.Sum(static segment => (long)segment.Size) - config.RetentionBytes;
                    deleted += DeleteWhile((segment, _) => (excess -= segment.Size) >= 0, mayRoll: true, DeletionReason.Size);
                }

                return deleted;
            }
            catch (Exception failure) when (LogState.IsDiskFailure(failure))
            {
                throw state.Fail("deleting old segments", failure);
            }
        }
    }

    private void Truncate(long offset)
    {
        var segments = state.Segments;
        var kept = Math.Max(LogState.IndexOfFloor(segments, offset), 0);
        var removed = segments[(kept + 1)..];

        // From the last to the first, and durable before anything is cut: after a crash the log ends somewhere, but has no hole.
        Array.Reverse(removed);
        deletions.Add(removed, DeletionReason.Truncation);
        var last = segments[kept];
        if (removed.Length > 0)
        {
            state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        }

        var end = last.TruncateTo(offset);

        // What is written next may lie where the cut records were: were the cut not durable before, a loss of power could mix the two.
        last.FlushLog();
        state.Segments = segments[..(kept + 1)];
        AfterTruncation(end);
    }

    private void StartAnewAt(long offset)
    {
        LogSegment[] removed = [.. state.Segments];
        Array.Reverse(removed);
        deletions.Add(removed, DeletionReason.Truncation);
        state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        state.Segments = [LogSegment.Create(state.Directory, offset, state.NowMs)];
        state.Epochs.Clear();
        state.Snapshots.TruncateFullyAndStartAt(state.Producers, offset);
        state.SetLogStartOffset(offset);
        AfterTruncation(offset);
    }

    private void AfterTruncation(long end)
    {
        state.CountTruncation();
        reader.Forget();
        state.PublishEnd(end, isContinuation: false);
        state.SetLogStartOffset(Math.Min(state.LogStartOffset, end));
        state.SetRecoveryPoint(Math.Min(state.RecoveryPoint, end));
        state.Epochs.TruncateFromEnd(end);
        state.Snapshots.TruncateAndReload(state.Producers, state.LogStartOffset, end);
        ProducerReplay.Replay(state.Producers, state.Segments, end);
        state.SetHighWatermark(state.HighWatermark);
        flusher.Truncated(end);
        state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        LogMessages.Truncated(state.Logger, state.Directory.Path, end);
    }

    private void AdvanceLogStart(long offset)
    {
        if (offset <= state.LogStartOffset)
        {
            return;
        }

        try
        {
            state.SetLogStartOffset(offset);
            state.Epochs.TruncateFromStart(offset);
            state.Producers.AdvanceLogStart(offset);
            state.SetHighWatermark(state.HighWatermark);
            state.StartMoved?.Invoke();
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw state.Fail("moving the log's start", failure);
        }
    }

    /// <summary>When the youngest record was written, by its timestamp, or by the file's where there is none.</summary>
    private static long TimeOf(LogSegment segment) =>
        segment.Newest.Timestamp >= 0 ? segment.Newest.Timestamp : segment.LastWriteTimeMs();

    /// <param name="condition">Given a segment and the offset at which the next one begins, whether it may go.</param>
    /// <param name="mayRoll">Whether the active segment may go too, after another one has been begun.</param>
    /// <param name="reason">For the operator.</param>
    private int DeleteWhile(Func<LogSegment, long, bool> condition, bool mayRoll, DeletionReason reason)
    {
        var segments = state.Segments;
        var count = 0;
        while (count < segments.Length)
        {
            var isActive = count == segments.Length - 1;
            var next = isActive ? state.End.Offset : segments[count + 1].BaseOffset;
            if ((isActive && (!mayRoll || segments[count].Size == 0)) || next > state.HighWatermark || !condition(segments[count], next))
            {
                break;
            }

            count++;
        }

        if (count == 0)
        {
            return 0;
        }

        if (count == segments.Length)
        {
            appender.RollTo(state.End.Offset);
            segments = state.Segments;
        }

        var removed = segments[..count];
        AdvanceLogStart(segments[count].BaseOffset);
        state.Segments = segments[count..];
        deletions.Add(removed, reason);
        state.Snapshots.DeleteBefore(segments[count].BaseOffset);
        return count;
    }
}
