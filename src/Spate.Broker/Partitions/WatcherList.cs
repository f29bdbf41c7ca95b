namespace Spate.Broker.Partitions;

/// <summary>
/// Those who wait for one partition, each to be told once. Nearly always empty or one long, and asked at every append, so that looking costs
/// a read of one field; and as whoever was told is off the list, those who never come back cost one append something and the next ones nothing.
/// Safe for use by several threads at once.
/// </summary>
internal sealed class WatcherList
{
    private readonly Lock _lock = new();
    private IAppendWatcher[] _watchers = [];

    public int Count => Volatile.Read(ref _watchers).Length;

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
        if (Volatile.Read(ref _watchers).Length == 0)
        {
            return;
        }

        IAppendWatcher[] watchers;
        lock (_lock)
        {
            watchers = _watchers;
            Volatile.Write(ref _watchers, []);
        }

        foreach (var watcher in watchers)
        {
            watcher.PartitionChanged();
        }
    }
}
