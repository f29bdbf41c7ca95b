using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// Deletes segments in two steps: their files get another name at once, and go when <c>file.delete.delay.ms</c> is over and the owner asks.
/// What is left at a stop is deleted by the next opening.
/// </summary>
internal sealed class LogDeletions(LogState state, LogFlusher flusher)
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingDeletion> _pending = new();

    /// <summary>Renames the files of segments that are no part of the log any more, or are about to be none. Under the append lock.</summary>
    public void Add(IReadOnlyList<LogSegment> removed, DeletionReason reason)
    {
        if (removed.Count == 0)
        {
            return;
        }

        LogMessages.SegmentsDeleted(
            state.Logger, state.Directory.Path, removed.Min(segment => segment.BaseOffset), removed.Max(segment => segment.BaseOffset), reason);
        var due = state.NowMs + state.Config.FileDeleteDelayMs;
        foreach (var segment in removed)
        {
            segment.StopWriting();
            segment.ChangeState(SegmentFileNames.Deleted);
            lock (_gate)
            {
                _pending.Enqueue(new PendingDeletion(due, segment));
            }
        }

        flusher.DirectoryChanged();
    }

    /// <summary>Deletes the files whose time has come.</summary>
    /// <returns>When the next are due, in milliseconds since 1970; null when there are none.</returns>
    public long? DeleteDue()
    {
        while (true)
        {
            LogSegment segment;
            lock (_gate)
            {
                if (!_pending.TryPeek(out var next))
                {
                    return null;
                }

                if (next.DueAt > state.NowMs)
                {
                    return next.DueAt;
                }

                segment = _pending.Dequeue().Segment;
            }

            try
            {
                segment.Delete();
            }
            catch (Exception failure) when (LogState.IsDiskFailure(failure))
            {
                throw state.Fail("deleting a file", failure);
            }
        }
    }

    /// <summary>Lets go of the files that wait to be deleted; the next opening deletes them.</summary>
    public void Close()
    {
        lock (_gate)
        {
            foreach (var deletion in _pending)
            {
                deletion.Segment.Close();
            }

            _pending.Clear();
        }
    }

    /// <summary>The directory has another name now. Under the append lock.</summary>
    public void DirectoryMoved()
    {
        lock (_gate)
        {
            foreach (var deletion in _pending)
            {
                deletion.Segment.DirectoryMoved();
            }
        }
    }
}
