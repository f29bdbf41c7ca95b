using Spate.Client.Connections;
using Spate.Client.Metadata;

namespace Spate.Client.Producing;

/// <summary>
/// Where records of one topic go that have no key: to one partition for about a batch's length, then to another, so that batches get full; and rather
/// to partitions that have less waiting, so that a slow broker does not hold up all (KIP-480, KIP-794). Safe for use by several threads at once.
/// </summary>
internal sealed class StickyPartition(int batchSize, bool isAdaptive, Chance chance)
{
    private readonly Lock _gate = new();
    private volatile Stay? _stay;

    /// <summary>The partition for the next record.</summary>
    /// <param name="topic">Whose partitions there are.</param>
    /// <param name="waitingIn">How many batches wait for a partition.</param>
    public int Choose(TopicMetadata topic, Func<int, int> waitingIn) =>
        _stay is { } stay && CanGoOn(stay, topic) ? stay.Partition : Move(topic, waitingIn);

    /// <summary>
    /// A record was put there. The partition is left after a batch's length, if that can be done between two batches, and else after two. Called under the gate of the
    /// partition's queue, so one at a time for each partition.
    /// </summary>
    public void Count(int partition, int bytes, bool batchEnded)
    {
        if (_stay is not { } stay || stay.Partition != partition)
        {
            return;
        }

        stay.Bytes += bytes;
        if (stay.Bytes >= batchSize && (batchEnded || stay.Bytes >= 2L * batchSize))
        {
            stay.IsOver = true;
        }
    }

    private static bool CanGoOn(Stay stay, TopicMetadata topic) => !stay.IsOver && topic.Find(stay.Partition) is { HasLeader: true };

    private int Move(TopicMetadata topic, Func<int, int> waitingIn)
    {
        lock (_gate)
        {
            if (_stay is not { } stay || !CanGoOn(stay, topic))
            {
                _stay = stay = new Stay(Pick(topic, waitingIn));
            }

            return stay.Partition;
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

    /// <summary>The time that is spent with one partition.</summary>
    private sealed class Stay(int partition)
    {
        private volatile bool _isOver;

        public int Partition { get; } = partition;

        public long Bytes { get; set; }

        public bool IsOver { get => _isOver; set => _isOver = value; }
    }
}
