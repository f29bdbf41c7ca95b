using Spate.Protocol;

namespace Spate.Storage.Compaction;

/// <summary>Keeps the cleaner from a log until it is disposed. Safe for use by several threads at once.</summary>
internal sealed class CleaningPause(CleaningTurns turns, TopicPartition partition) : IDisposable
{
    private int _isDisposed;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            turns.Resume(partition);
        }
    }
}
