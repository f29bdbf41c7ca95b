using System.Diagnostics.CodeAnalysis;

namespace Spate.Coordination.Groups;

/// <summary>
/// Partitions of topics, the topics ascending by id and the partitions of each ascending. Immutable, and the same whenever it holds the same,
/// so that it can be told at a glance whether an assignment has changed. Consumers have partitions of topics (<c>PartitionSet</c>); for a
/// streams application a task is a partition of a subtopology (<c>TaskSet</c>).
/// </summary>
/// <typeparam name="TTopic">What a topic goes by.</typeparam>
internal sealed class PartitionSet<TTopic> : IEquatable<PartitionSet<TTopic>>, IWork<PartitionSet<TTopic>>
    where TTopic : IComparable<TTopic>, IEquatable<TTopic>
{
    private static readonly IComparer<TTopic> Order =
        typeof(TTopic) == typeof(string) ? (IComparer<TTopic>)StringComparer.Ordinal : Comparer<TTopic>.Default;

    private readonly TTopic[] _topics;
    private readonly int[][] _partitions;

    /// <param name="topics">Ascending; kept.</param>
    /// <param name="partitions">For each topic at least one, ascending; kept.</param>
    public PartitionSet(TTopic[] topics, int[][] partitions)
    {
        _topics = topics;
        _partitions = partitions;
        foreach (var each in partitions)
        {
            Count += each.Length;
        }
    }

    public static PartitionSet<TTopic> Empty { get; } = new([], []);

    /// <summary>Partitions in all.</summary>
    public int Count { get; }

    public bool IsEmpty => _topics.Length == 0;

    public ReadOnlySpan<TTopic> Topics => _topics;

    /// <summary>Gathers partitions in any order, each once however often it is named.</summary>
    public static PartitionSet<TTopic> Of(IEnumerable<(TTopic Topic, IEnumerable<int> Partitions)> all)
    {
        var gathered = new SortedDictionary<TTopic, SortedSet<int>>(Order);
        foreach (var (topic, partitions) in all)
        {
            if (!gathered.TryGetValue(topic, out var known))
            {
                known = [];
                gathered.Add(topic, known);
            }

            known.UnionWith(partitions);
        }

        var filled = gathered.Where(pair => pair.Value.Count > 0).ToList();
        return filled.Count == 0 ? Empty : new PartitionSet<TTopic>([.. filled.Select(pair => pair.Key)], [.. filled.Select(pair => pair.Value.ToArray())]);
    }

    /// <summary>The partitions of the topic at a place in <see cref="Topics"/>.</summary>
    public ReadOnlySpan<int> At(int index) => _partitions[index];

    /// <summary>The partitions of a topic.</summary>
    public ReadOnlySpan<int> Of(TTopic topic)
    {
        var index = Array.BinarySearch(_topics, topic, Order);
        return index < 0 ? [] : _partitions[index];
    }

    public bool Contains(TTopic topic, int partition) => Of(topic).BinarySearch(partition) >= 0;

    public bool Contains(PartitionSet<TTopic> other) => ReferenceEquals(other.Where(Contains), other);

    public bool Overlaps(PartitionSet<TTopic> other) => !Intersect(other).IsEmpty;

    public PartitionSet<TTopic> Intersect(PartitionSet<TTopic> other) => IsEmpty || other.IsEmpty ? Empty : Where(other.Contains);

    public PartitionSet<TTopic> Except(PartitionSet<TTopic> other) => IsEmpty || other.IsEmpty ? this : Where((topic, partition) => !other.Contains(topic, partition));

    public PartitionSet<TTopic> Union(PartitionSet<TTopic> other) => IsEmpty ? other : other.IsEmpty ? this : Of(ToPairs().Concat(other.ToPairs()));

    /// <summary>Those partitions that a condition holds for; this very set when it holds for all.</summary>
    public PartitionSet<TTopic> Where(Func<TTopic, int, bool> condition)
    {
        var topics = new List<TTopic>(_topics.Length);
        var partitions = new List<int[]>(_topics.Length);
        var kept = 0;
        for (var index = 0; index < _topics.Length; index++)
        {
            var topic = _topics[index];
            var those = Array.FindAll(_partitions[index], partition => condition(topic, partition));
            if (those.Length > 0)
            {
                topics.Add(topic);
                partitions.Add(those);
                kept += those.Length;
            }
        }

        return kept == Count ? this : kept == 0 ? Empty : new PartitionSet<TTopic>([.. topics], [.. partitions]);
    }

    public IEnumerable<(TTopic Topic, IEnumerable<int> Partitions)> ToPairs() =>
        _topics.Zip(_partitions, (topic, partitions) => (topic, (IEnumerable<int>)partitions));

    public bool Equals([NotNullWhen(true)] PartitionSet<TTopic>? other) => other is not null && (ReferenceEquals(this, other) || IsSame(other));

    public override bool Equals(object? obj) => Equals(obj as PartitionSet<TTopic>);

    public override int GetHashCode() => HashCode.Combine(_topics.Length, Count, _topics.Length == 0 ? default : _topics[0]);

    public override string ToString() =>
        string.Join(' ', ToPairs().Select(pair => $"{pair.Topic}:{string.Join(',', pair.Partitions)}"));

    private bool IsSame(PartitionSet<TTopic> other)
    {
        if (Count != other.Count || !_topics.AsSpan().SequenceEqual(other._topics))
        {
            return false;
        }

        for (var index = 0; index < _partitions.Length; index++)
        {
            if (!_partitions[index].AsSpan().SequenceEqual(other._partitions[index]))
            {
                return false;
            }
        }

        return true;
    }
}
