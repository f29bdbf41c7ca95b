using Spate.Broker.Partitions;

namespace Spate.Broker.Tests.Partitions;

/// <summary>Counts how often it was woken.</summary>
internal sealed class CountingWatcher : IAppendWatcher
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void PartitionChanged() => Interlocked.Increment(ref _count);
}
