using System.Collections.Concurrent;
using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>How far the opening of many logs has come, for whoever waits for it. Told by the threads that open them; safe for use by several threads at once.</summary>
public sealed class LogOpening
{
    private readonly ConcurrentDictionary<TopicPartition, long> _underWay = new();
    private int _found;
    private int _opened;
    private long _order;

    /// <summary>The logs that were found.</summary>
    public int Found => Volatile.Read(ref _found);

    /// <summary>Those of them that are open.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>The logs that are being opened, the one that has taken longest first.</summary>
    public IReadOnlyList<TopicPartition> UnderWay => [.. _underWay.OrderBy(static pair => pair.Value).Select(static pair => pair.Key)];

    internal void Find(int count) => Interlocked.Add(ref _found, count);

    internal void Begin(TopicPartition partition) => _underWay[partition] = Interlocked.Increment(ref _order);

    internal void End(TopicPartition partition)
    {
        _underWay.TryRemove(partition, out _);
        Interlocked.Increment(ref _opened);
    }
}
