using Spate.Coordination.Groups;

namespace Spate.Coordination.Offsets;

/// <summary>The committed offsets of one group, by topic and partition.</summary>
internal sealed class GroupOffsets(GroupCounts counts)
{
    private readonly Dictionary<string, Dictionary<int, CommittedOffset>> _topics = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public IReadOnlyDictionary<string, Dictionary<int, CommittedOffset>> Topics => _topics;

    public CommittedOffset? Find(string topic, int partition) =>
        _topics.TryGetValue(topic, out var partitions) && partitions.TryGetValue(partition, out var offset) ? offset : null;

    public void Set(string topic, int partition, CommittedOffset offset)
    {
        if (!_topics.TryGetValue(topic, out var partitions))
        {
            partitions = [];
            _topics.Add(topic, partitions);
        }

        var before = partitions.Count;
        partitions[partition] = offset;
        Count += partitions.Count - before;
        counts.OffsetsChanged(partitions.Count - before);
    }

    public void Remove(string topic, int partition)
    {
        if (!_topics.TryGetValue(topic, out var partitions) || !partitions.Remove(partition))
        {
            return;
        }

        Count--;
        counts.OffsetsChanged(-1);
        if (partitions.Count == 0)
        {
            _topics.Remove(topic);
        }
    }
}
