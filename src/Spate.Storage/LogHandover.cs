namespace Spate.Storage;

/// <summary>
/// Ends a log so that another one, a copy of it in another directory, goes on in its place: nothing is appended to the one any more before all
/// of it is in the other, and no producer, epoch or offset is different afterwards.
/// </summary>
internal sealed class LogHandover(LogState state, LogAppender appender, LogFlusher flusher)
{
    /// <summary>
    /// Runs something while nothing can change this log. When it says that the other log has taken over, this one changes no more: whoever tries
    /// meets an <see cref="ObjectDisposedException"/>, and whoever reads may go on.
    /// </summary>
    /// <param name="take">Brings the rest to the other log; false when it has not taken over.</param>
    /// <exception cref="LogFailedException">The disk of either failed.</exception>
    public bool HandOver(Func<bool> take)
    {
        lock (state.Flushing)
        {
            lock (state.Appending)
            {
                state.ThrowIfUnchangeable();
                if (!take())
                {
                    return false;
                }

                state.SetHandedOver();
                return true;
            }
        }
    }

    /// <summary>
    /// Makes this log, which has all records of the other one, equal in all the rest: its end, its start, its epochs, its producers. Everything is
    /// on the disk then. Called while the other one does not change, and changes it no more.
    /// </summary>
    /// <exception cref="LogFailedException">The disk failed.</exception>
    public void Succeed(LogState predecessor)
    {
        lock (state.Flushing)
        {
            lock (state.Appending)
            {
                state.ThrowIfUnchangeable();
                try
                {
                    // The very state and not what the batches say: those of a producer may be long gone.
                    state.Producers = predecessor.Producers;
                    if (predecessor.End.Offset > state.End.Offset)
                    {
                        // Compaction left nothing at the end of the other one: the next record must not take an offset that was given out.
                        appender.RollTo(predecessor.End.Offset);
                    }

                    state.SetLogStartOffset(predecessor.LogStartOffset);
                    state.Epochs.CopyFrom(predecessor.Epochs);
                    state.SetHighWatermark(predecessor.HighWatermark);
                    state.Snapshots.Take(state.Producers);
                    flusher.Flush(long.MaxValue);
                    state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
                }
                catch (Exception failure) when (LogState.IsDiskFailure(failure))
                {
                    throw state.Fail("taking over from another log", failure);
                }
            }
        }
    }
}
