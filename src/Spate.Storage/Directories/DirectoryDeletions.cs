namespace Spate.Storage.Directories;

/// <summary>
/// Directories that bear the name of deleted ones and wait until <c>file.delete.delay.ms</c> is over, so that who still reads them may
/// finish. What a crash leaves of them is found by its name at the next start. Not safe for use by several threads at once.
/// </summary>
internal sealed class DirectoryDeletions
{
    private readonly PriorityQueue<DirectoryDeletion, long> _waiting = new();

    public int Count => _waiting.Count;

    /// <summary>When the next directory is due, in milliseconds since the Unix epoch; null when none waits.</summary>
    public long? NextDue => _waiting.TryPeek(out _, out var due) ? due : null;

    public void Add(DirectoryDeletion deletion, long due) => _waiting.Enqueue(deletion, due);

    /// <summary>Takes one directory that is due.</summary>
    public bool TryTake(long time, out DirectoryDeletion deletion)
    {
        if (_waiting.TryPeek(out deletion, out var due) && due <= time)
        {
            _waiting.Dequeue();
            return true;
        }

        return false;
    }

    /// <summary>Lets go of the logs that wait; their directories stay until the next start.</summary>
    public void Abandon()
    {
        while (_waiting.TryDequeue(out var deletion, out _))
        {
            deletion.Log?.Dispose();
        }
    }
}
