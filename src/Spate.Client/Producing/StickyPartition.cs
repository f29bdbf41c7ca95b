using Spate.Client.Connections;
using Spate.Client.Metadata;

namespace Spate.Client.Producing;

/// <summary>
/// Where records of one topic go that have no key: to one partition for about a batch's length, then to another, so that batches get full; and rather
/// to partitions that have less waiting, so that a slow broker does not hold up all (KIP-480, KIP-794). Safe for use by several threads at once.
/// </summary>
internal sealed class StickyPartition(int batchSize, bool isAdaptive, Chance chance)
{
    private const int None = -1;

    private readonly Lock _gate = new();
    private int _partition = None;
    private int _bytes;

    /// <summary>The partition for the next record.</summary>
    /// <param name="topic">Whose partitions there are.</param>
    /// <param name="waitingIn">How many batches wait for a partition.</param>
    public int Choose(TopicMetadata topic, Func<int, int> waitingIn)
    {
        lock (_gate)
        {
            if (_partition == None || _partition >= topic.Partitions.Count || !topic.Partitions[_partition].HasLeader)
            {
                _partition = Pick(topic, waitingIn);
                _bytes = 0;
            }

            return _partition;
        }
    }

    /// <summary>A record was put there. The partition is left after a batch's length, if that can be done between two batches, and else after two.</summary>
    public void Count(int partition, int bytes, bool batchEnded)
    {
        lock (_gate)
        {
            if (partition != _partition)
            {
                return;
            }

            _bytes += bytes;
            if (_bytes >= batchSize && (batchEnded || _bytes >= 2L * batchSize))
            {
                _partition = None;
            }
        }
    }

    private int Pick(TopicMetadata topic, Func<int, int> waitingIn)
    {
        var available = new List<int>(topic.Partitions.Count);
        foreach (var partition in topic.Partitions)
        {
            if (partition.HasLeader)
            {
                available.Add(partition.Index);
            }
        }

        if (available.Count == 0)
        {
            return chance.Next(topic.Partitions.Count);
        }

        return isAdaptive ? PickByLoad(available, waitingIn) : available[chance.Next(available.Count)];
    }

    /// <summary>Each gets as many lots as it has batches less than the fullest, and one more.</summary>
    private int PickByLoad(List<int> available, Func<int, int> waitingIn)
    {
        var waiting = available.ConvertAll(partition => waitingIn(partition));
        var most = waiting.Max();
        var lots = 0;
        foreach (var count in waiting)
        {
            lots += most - count + 1;
        }

        var drawn = chance.Next(lots);
        for (var index = 0; index < available.Count; index++)
        {
            drawn -= most - waiting[index] + 1;
            if (drawn < 0)
            {
                return available[index];
            }
        }

        return available[^1];
    }
}
