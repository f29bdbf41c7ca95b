namespace Spate.Storage.Files;

/// <summary>A lock on a path of a <see cref="MemoryFileSystem"/>, held until it is disposed.</summary>
internal sealed class MemoryLock(MemoryFileSystem owner, string path) : IDisposable
{
    private int _released;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            owner.Unlock(path);
        }
    }
}
