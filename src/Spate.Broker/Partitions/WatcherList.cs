namespace Spate.Broker.Partitions;

/// <summary>
/// Those who wait for one partition. Nearly always empty or one long, and asked at every append, so that looking costs a read of one field.
/// Safe for use by several threads at once.
/// </summary>
internal sealed class WatcherList
{
    private readonly Lock _lock = new();
    private IAppendWatcher[] _watchers = [];

    public void Add(IAppendWatcher watcher)
    {
        lock (_lock)
        {
            Volatile.Write(ref _watchers, [.. _watchers, watcher]);
        }

        // Whoever adds itself looks at the partition once more afterwards; that look must not be taken from before the add.
        Interlocked.MemoryBarrier();
    }

    public void Remove(IAppendWatcher watcher)
    {
        lock (_lock)
        {
            Volatile.Write(ref _watchers, Array.FindAll(_watchers, other => !ReferenceEquals(other, watcher)));
        }
    }

    public void Notify()
    {
        // What was appended must be seen by a watcher that is added after this looked.
        Interlocked.MemoryBarrier();
        foreach (var watcher in Volatile.Read(ref _watchers))
        {
            watcher.PartitionChanged();
        }
    }
}
