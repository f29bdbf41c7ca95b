using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>The topics that a share group reads, which grow, go, and come anew under the same name, and their partitions.</summary>
internal sealed class SharedTopics(World world, string groupId)
{
    private const int PartitionsMax = 4;
    private readonly Dictionary<(Uuid Topic, int Partition), SharedPartition> _partitions = [];

    public static IReadOnlyList<string> Names { get; } = ["orders", "parcels"];

    public IEnumerable<SharedPartition> Partitions => _partitions.Values;

    public SharedPartition? Find(Uuid topic, int partition) => _partitions.GetValueOrDefault((topic, partition));

    /// <summary>Every topic is there.</summary>
    public void Mend()
    {
        foreach (var missing in Names.Where(name => world.Topics.Current.Find(name) is null))
        {
            world.Topics.Set(missing, world.Random.Next(1, PartitionsMax));
        }

        Follow();
    }

    public string Change()
    {
        var name = world.Pick(Names);
        if (world.Topics.Current.Find(name) is { } topic && world.Random.Next(2) == 0)
        {
            world.Topics.Delete(name);
            foreach (var partition in Of(topic))
            {
                _partitions.Remove((topic.Id, partition.Key.Partition));
                partition.End();
            }

            return $"topic {name} goes";
        }

        var partitions = Math.Min(PartitionsMax, world.Random.Next(1, 3) + (world.Topics.Current.Find(name)?.PartitionCount ?? 0));
        world.Topics.Set(name, partitions);
        Follow();
        return $"topic {name} has {partitions} partitions";
    }

    private List<SharedPartition> Of(TopicDescription topic) => [.. Enumerable.Range(0, topic.PartitionCount).Select(partition => Find(topic.Id, partition)).OfType<SharedPartition>()];

    private void Follow()
    {
        foreach (var topic in Names.Select(world.Topics.Current.Find).OfType<TopicDescription>())
        {
            for (var index = 0; index < topic.PartitionCount; index++)
            {
                if (Find(topic.Id, index) is null)
                {
                    var partition = new SharedPartition(world, new(groupId, topic.Id, index));
                    _partitions.Add((topic.Id, index), partition);
                    partition.Live();
                }
            }
        }
    }
}
