using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Producing;

/// <summary>What a producer has for one topic: a queue for each partition, and the line of those who could not be served at once. Safe for use by several threads at once.</summary>
internal sealed class TopicQueue
{
    private readonly Lock _gate = new();
    private volatile Sight? _sight;
    private volatile PartitionQueue[] _partitions = [];
    private int _inLine;

    public TopicQueue(string name, StickyPartition sticky, TopicInterest interest)
    {
        Name = name;
        Sticky = sticky;
        Interest = interest;
        WaitingIn = partition => (uint)partition < (uint)_partitions.Length ? _partitions[partition].WaitingCount : 0;
    }

    public string Name { get; }

    public StickyPartition Sticky { get; }

    public TopicInterest Interest { get; }

    /// <summary>How many batches wait for a partition.</summary>
    public Func<int, int> WaitingIn { get; }

    /// <summary>Who could not be served at once goes through here one after the other, so that records stay in the order of the calls.</summary>
    public SemaphoreSlim Line { get; } = new(1, 1);

    /// <summary>Whether somebody stands in line: then nobody may pass.</summary>
    public bool HasLine => Volatile.Read(ref _inLine) > 0;

    public void EnterLine() => Interlocked.Increment(ref _inLine);

    public void LeaveLine() => Interlocked.Decrement(ref _inLine);

    /// <summary>The queues that there are so far.</summary>
    public IReadOnlyList<PartitionQueue> All => _partitions;

    public PartitionQueue Find(int partition)
    {
        var known = _partitions;
        return partition < known.Length ? known[partition] : Grow(partition);
    }

    /// <summary>What a picture of the cluster says of the topic, if records can be sent there; null if not. Looked up once for each picture.</summary>
    public TopicMetadata? FindIn(ClusterMetadata cluster)
    {
        var seen = _sight;
        if (seen is null || !ReferenceEquals(seen.Cluster, cluster))
        {
            var isThere = cluster.Topics.TryGetValue(Name, out var topic) && topic.Error == ErrorCode.None && topic.Partitions.Count > 0;
            _sight = seen = new Sight(cluster, isThere ? topic : null);
        }

        return seen.Topic;
    }

    private PartitionQueue Grow(int partition)
    {
        lock (_gate)
        {
            var known = _partitions;
            if (partition >= known.Length)
            {
                var more = new PartitionQueue[partition + 1];
                known.CopyTo(more, 0);
                for (var index = known.Length; index < more.Length; index++)
                {
                    more[index] = new PartitionQueue(new TopicPartition(Name, index));
                }

                _partitions = known = more;
            }

            return known[partition];
        }
    }

    private sealed record Sight(ClusterMetadata Cluster, TopicMetadata? Topic);
}
