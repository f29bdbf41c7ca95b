using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// Brings the log to the disk, and lets any number of appends wait for the same flush: while one runs, those who come gather for the next. At
/// most one flush of a log runs at a time, on whatever thread the flush scheduler gives, never under the append lock.
/// </summary>
/// <remarks>
/// A flush that failed is not tried again: the system may have thrown away what it could not write, and would report success the next
/// time. The log is offline from then on and everyone who waits is told.
/// </remarks>
internal sealed class LogFlusher(LogState state)
{
    private readonly Lock _gate = new();
    private readonly List<FlushWaiter> _waiters = [];
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private long _wanted;
    private int _directoryChanged;

    /// <summary>Waits until everything before an offset is on the disk.</summary>
    /// <returns>False when what lay before the offset has been truncated meanwhile.</returns>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public ValueTask<bool> WaitUntilFlushedAsync(long offset)
    {
        if (offset <= state.RecoveryPoint)
        {
            return new ValueTask<bool>(true);
        }

        var completion = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            state.ThrowIfUnusable();
            if (offset > state.End.Offset)
            {
                return new ValueTask<bool>(false);
            }

            // Asked again behind the gate: a flush that ended since then has told its waiters, and nobody would tell this one.
            if (offset <= state.RecoveryPoint)
            {
                return new ValueTask<bool>(true);
            }

            _waiters.Add(new FlushWaiter(offset, completion));
            StartUnderGate(offset);
        }

        return new ValueTask<bool>(completion.Task);
    }

    /// <summary>Sees to it that everything before an offset gets to the disk, without waiting for it.</summary>
    public void Start(long offset)
    {
        lock (_gate)
        {
            StartUnderGate(offset);
        }
    }

    /// <summary>Names in the log's directory have changed: the next flush makes them durable too.</summary>
    public void DirectoryChanged() => Volatile.Write(ref _directoryChanged, 1);

    /// <summary>Brings everything before an offset to the disk.</summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void Flush(long upTo)
    {
        lock (state.Flushing)
        {
            state.ThrowIfUnusable();
            try
            {
                FlushUnderLock(upTo);
            }
            catch (Exception failure) when (LogState.IsDiskFailure(failure))
            {
                var failed = state.Fail("flushing", failure);
                Complete(failed);
                throw failed;
            }
        }

        Complete(failure: null);
    }

    /// <summary>The log ends at an offset now: those who wait for what lay behind it wait in vain. Under the flush lock.</summary>
    public void Truncated(long endOffset)
    {
        lock (_gate)
        {
            _wanted = Math.Min(_wanted, endOffset);
            for (var index = _waiters.Count - 1; index >= 0; index--)
            {
                if (_waiters[index].Offset > endOffset)
                {
                    _waiters[index].Completion.TrySetResult(false);
                    _waiters.RemoveAt(index);
                }
            }
        }
    }

    /// <summary>The log is closed: what is not on the disk by now, this log will not bring there.</summary>
    public void Closed()
    {
        lock (_gate)
        {
            foreach (var waiter in _waiters)
            {
                waiter.Completion.TrySetException(new ObjectDisposedException(nameof(PartitionLog)));
            }

            _waiters.Clear();
        }
    }

    /// <summary>Ends when no flush runs in the background any more; the caller sees to it that none is started.</summary>
    public Task WhenIdle()
    {
        lock (_gate)
        {
            return _running;
        }
    }

    private void StartUnderGate(long offset)
    {
        _wanted = Math.Max(_wanted, offset);
        if (_isRunning || state.Failure is not null)
        {
            return;
        }

        _isRunning = true;
        _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, state.Options.FlushScheduler);
    }

    private void Run()
    {
        try
        {
            while (TryGetWanted(out var wanted))
            {
                Flush(wanted);
            }
        }
        catch (LogFailedException failure)
        {
            // Told to the operator when the log was marked, and to those who wait here.
            Complete(failure);
            Stop();
        }
        catch (ObjectDisposedException) when (state.IsClosed)
        {
            // The log was closed, which flushes it: nobody waits any more.
            Complete(failure: null);
            Stop();
        }
        catch (Exception broken)
        {
            // Whatever it is, those who wait for the disk must not be told that all is well, nor wait for ever.
            Complete(state.Fail("flushing", broken));
            Stop();
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _isRunning = false;
        }
    }

    private bool TryGetWanted(out long wanted)
    {
        lock (_gate)
        {
            wanted = _wanted;
            _isRunning = wanted > state.RecoveryPoint || Volatile.Read(ref _directoryChanged) != 0;
            return _isRunning;
        }
    }

    private void FlushUnderLock(long upTo)
    {
        // The end first: the segment that it lies in is then among the segments, and everything before it is complete.
        var end = state.End;
        var segments = state.Segments;
        var directoryChanged = Interlocked.Exchange(ref _directoryChanged, 0) != 0;
        if (upTo <= state.RecoveryPoint && !directoryChanged)
        {
            return;
        }

        var began = state.Options.Time.GetTimestamp();
        var index = Math.Max(LogState.IndexOfFloor(segments, state.RecoveryPoint), 0);
        while (index > 0 && segments[index - 1].HasIndexesToFlush)
        {
            index--;
        }

        var point = state.RecoveryPoint;
        for (; index < segments.Length && segments[index].BaseOffset < upTo; index++)
        {
            var isActive = segments[index] == end.Segment;
            Flush(segments[index]);
            point = isActive ? end.Offset : index + 1 < segments.Length ? segments[index + 1].BaseOffset : point;
        }

        if (directoryChanged)
        {
            state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        }

        state.SetRecoveryPoint(Math.Max(point, Math.Min(upTo, end.Offset)));
        state.LastFlushedAt = state.NowMs;
        state.Options.OnFlushed?.Invoke(state.Options.Time.GetElapsedTime(began));
        LetGo(segments);
    }

    private static void Flush(LogSegment segment)
    {
        try
        {
            segment.FlushLog();
            if (segment.HasIndexesToFlush)
            {
                segment.FlushIndexes();
            }
        }
        catch (FileNotFoundException) when (segment.IsDeleted)
        {
            // Retention was faster: what is deleted need not be durable.
        }
        catch (ObjectDisposedException) when (segment.IsDeleted)
        {
            // As above.
        }
    }

    // Segments that are closed and durable do not need their file open for writing.
    private void LetGo(LogSegment[] segments)
    {
        for (var index = segments.Length - 2; index >= 0 && segments[index].IsWriting; index--)
        {
            lock (state.Appending)
            {
                if (segments[index] != state.Active)
                {
                    segments[index].StopWriting();
                }
            }
        }
    }

    private void Complete(LogFailedException? failure)
    {
        lock (_gate)
        {
            for (var index = _waiters.Count - 1; index >= 0; index--)
            {
                var waiter = _waiters[index];
                if (failure is not null)
                {
                    waiter.Completion.TrySetException(failure);
                }
                else if (waiter.Offset <= state.RecoveryPoint)
                {
                    waiter.Completion.TrySetResult(true);
                }
                else
                {
                    continue;
                }

                _waiters.RemoveAt(index);
            }
        }
    }
}
