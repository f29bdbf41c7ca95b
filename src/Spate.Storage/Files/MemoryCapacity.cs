namespace Spate.Storage.Files;

/// <summary>How much memory the files of a <see cref="MemoryFileSystem"/> may take, and take. Safe for use by several threads at once.</summary>
internal sealed class MemoryCapacity(long bytes)
{
    private long _used;

    public long Total => bytes;

    public long Used => Volatile.Read(ref _used);

    /// <returns>False when they are not to be had; nothing is taken then.</returns>
    public bool TryTake(int count)
    {
        if (Interlocked.Add(ref _used, count) <= bytes)
        {
            return true;
        }

        GiveBack(count);
        return false;
    }

    public void GiveBack(long count) => Interlocked.Add(ref _used, -count);
}
