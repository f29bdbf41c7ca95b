using System.Collections;
using System.Runtime.CompilerServices;
using Spate.Protocol;

namespace Spate.Coordination.Transactions;

/// <summary>
/// The partitions of a transaction, ascending by topic and number, each of them once: as they are written down, so that taking a record in costs one array. Immutable.
/// </summary>
[CollectionBuilder(typeof(EnrolledPartitions), nameof(Of))]
internal sealed class EnrolledPartitions : IReadOnlyCollection<TopicPartition>
{
    private static readonly EnrolledPartitions None = new([]);

    private static readonly Comparer<TopicPartition> Order = Comparer<TopicPartition>.Create(static (one, other) =>
        string.CompareOrdinal(one.Topic, other.Topic) is var byTopic && byTopic != 0 ? byTopic : one.Partition.CompareTo(other.Partition));

    private readonly TopicPartition[] _partitions;

    private EnrolledPartitions(TopicPartition[] partitions) => _partitions = partitions;

    public int Count => _partitions.Length;

    /// <summary>The partitions, given in any order and as often as they like.</summary>
    public static EnrolledPartitions Of(ReadOnlySpan<TopicPartition> partitions)
    {
        if (partitions.IsEmpty)
        {
            return None;
        }

        var sorted = partitions.ToArray();
        for (var index = 1; index < sorted.Length; index++)
        {
            if (Order.Compare(sorted[index - 1], sorted[index]) >= 0)
            {
                Array.Sort(sorted, Order);
                return new EnrolledPartitions(WithoutRepetitions(sorted));
            }
        }

        return new EnrolledPartitions(sorted);
    }

    public bool Contains(TopicPartition partition) => Array.BinarySearch(_partitions, partition, Order) >= 0;

    /// <summary>These and others.</summary>
    public EnrolledPartitions Union(IEnumerable<TopicPartition> others) => Of([.. _partitions, .. others]);

    /// <summary>Topic by topic, with the numbers of its partitions.</summary>
    public IEnumerable<(string Topic, List<int> Partitions)> ByTopic()
    {
        for (var begin = 0; begin < _partitions.Length;)
        {
            var (topic, numbers) = (_partitions[begin].Topic, new List<int>());
            for (; begin < _partitions.Length && _partitions[begin].Topic == topic; begin++)
            {
                numbers.Add(_partitions[begin].Partition);
            }

            yield return (topic, numbers);
        }
    }

    public IEnumerator<TopicPartition> GetEnumerator() => ((IEnumerable<TopicPartition>)_partitions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static TopicPartition[] WithoutRepetitions(TopicPartition[] sorted)
    {
        var kept = 1;
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index] != sorted[kept - 1])
            {
                sorted[kept++] = sorted[index];
            }
        }

        return sorted[..kept];
    }
}
