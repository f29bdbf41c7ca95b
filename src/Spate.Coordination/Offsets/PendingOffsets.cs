using Spate.Protocol;

namespace Spate.Coordination.Offsets;

/// <summary>
/// Offsets of one group that transactions under way would commit, by producer. Of a partition that more than one of them, or somebody else,
/// commits for, the last one written counts, whichever transaction ends first: so what is committed puts aside all that was written before it.
/// </summary>
internal sealed class PendingOffsets
{
    private readonly Dictionary<long, Dictionary<TopicPartition, Entry>> _producers = [];
    private long _written;

    /// <summary>Offsets in all.</summary>
    public int Count { get; private set; }

    /// <summary>The partitions that there are such offsets for.</summary>
    public IEnumerable<TopicPartition> Partitions => _producers.Values.SelectMany(offsets => offsets.Keys).Distinct();

    public bool Has(string topic, int partition)
    {
        var key = new TopicPartition(topic, partition);
        foreach (var offsets in _producers.Values)
        {
            if (offsets.ContainsKey(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A producer has written an offset in its transaction.</summary>
    public void Set(long producerId, string topic, int partition, CommittedOffset offset)
    {
        if (!_producers.TryGetValue(producerId, out var offsets))
        {
            offsets = [];
            _producers.Add(producerId, offsets);
        }

        Count -= offsets.Count;
        offsets[new TopicPartition(topic, partition)] = new Entry(offset, _written++);
        Count += offsets.Count;
    }

    /// <summary>An offset was committed, or taken back, outside of transactions: what was written before has nothing to say any more.</summary>
    public void Supersede(string topic, int partition) => Supersede(new TopicPartition(topic, partition), long.MaxValue);

    /// <summary>A producer's transaction has ended; what it committed goes to the group's offsets.</summary>
    public void End(long producerId, bool isCommit, GroupOffsets committed)
    {
        if (!_producers.Remove(producerId, out var offsets))
        {
            return;
        }

        Count -= offsets.Count;
        if (!isCommit)
        {
            return;
        }

        foreach (var (partition, entry) in offsets)
        {
            committed.Set(partition.Topic, partition.Partition, entry.Offset);
            Supersede(partition, entry.Order);
        }
    }

    private void Supersede(TopicPartition partition, long before)
    {
        foreach (var (producerId, offsets) in _producers)
        {
            if (offsets.TryGetValue(partition, out var entry) && entry.Order < before)
            {
                offsets.Remove(partition);
                Count--;
                if (offsets.Count == 0)
                {
                    _producers.Remove(producerId);
                }
            }
        }
    }

    /// <param name="Offset">What would be committed.</param>
    /// <param name="Order">Its place among all that was written; the same on replay, since it goes by the log.</param>
    private readonly record struct Entry(CommittedOffset Offset, long Order);
}
