using System.Collections.Concurrent;
using Spate.Protocol;

namespace Spate.Broker.Partitions;

/// <summary>The partitions that this node leads, by name and by the topic's id. Safe for use by several threads at once.</summary>
public sealed class PartitionTable
{
    private readonly ConcurrentDictionary<TopicPartition, Partition> _byName = new();
    private readonly ConcurrentDictionary<(Uuid Topic, int Index), Partition> _byId = new();

    public IEnumerable<Partition> All => _byName.Values;

    public Partition? Find(string topic, int index) => _byName.GetValueOrDefault(new TopicPartition(topic, index));

    public Partition? Find(Uuid topic, int index) => _byId.GetValueOrDefault((topic, index));

    public void Add(Partition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        if (!_byName.TryAdd(partition.Name, partition))
        {
            throw new InvalidOperationException($"{partition.Name} is served already.");
        }

        _byId[(partition.TopicId, partition.Name.Partition)] = partition;
    }

    /// <summary>Takes a partition away and wakes those who wait for it.</summary>
    public Partition? Remove(TopicPartition name)
    {
        if (!_byName.TryRemove(name, out var partition))
        {
            return null;
        }

        _byId.TryRemove((partition.TopicId, name.Partition), out _);
        partition.NotifyWatchers();
        return partition;
    }
}
