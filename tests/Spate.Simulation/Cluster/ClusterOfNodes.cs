using Spate.Coordination;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>
/// The nodes, and who leads what. Leaders move, nodes die and come back. Who led before learns of it later than who leads now, or sooner; until
/// then both believe that they lead, and the log knows better.
/// </summary>
internal sealed class ClusterOfNodes
{
    public const int PartitionCount = 2;
    private const int NodeCount = 3;
    private readonly World _world;
    private readonly Node[] _nodes;
    private long _nextProducerId = 1000;

    public ClusterOfNodes(World world)
    {
        _world = world;
        _nodes = [.. Enumerable.Range(0, NodeCount).Select(id => new Node(world, id, 0, () => _nextProducerId++))];
        Partitions = [.. Enum.GetValues<InternalTopic>().SelectMany(topic => Enumerable.Range(0, PartitionCount)
            .Select(index => new LedPartition(topic, index, new InternalLog(world, $"{topic}-{index}"), world.Pick(_nodes))))];
    }

    public IReadOnlyList<LedPartition> Partitions { get; }

    public LedPartition Find(InternalTopic topic, int index) => Partitions[((int)topic * PartitionCount) + index];

    public LedPartition Find(InternalTopic topic, string key) => Find(topic, GroupPartitioner.PartitionFor(key, PartitionCount));

    public Node AnyNode() => _world.Pick(_nodes.Where(static node => node.IsAlive).ToList());

    public void Start()
    {
        foreach (var partition in Partitions)
        {
            Elect(partition, partition.Leader);
            var moved = partition;
            _world.EverySoOften(_world.Weather.MeanLeadership, () => Move(moved));
            _world.EverySoOften(_world.Weather.MeanCompaction, () => Compact(moved));
        }

        for (var id = 0; id < NodeCount; id++)
        {
            var dying = id;
            _world.EverySoOften(_world.Weather.MeanLife, () => Crash(dying));
        }
    }

    private static string Compact(LedPartition partition)
    {
        var before = partition.Log.Entries.Count;
        if (partition.Topic == InternalTopic.ShareStates)
        {
            partition.Log.Prune();
        }
        else
        {
            partition.Log.Compact();
        }

        return $"{partition} is compacted from {before} to {partition.Log.Entries.Count} entries";
    }

    private string Move(LedPartition partition)
    {
        var before = partition.Leader;
        var after = AnyNode();
        Elect(partition, after);
        return $"{partition} is led by {after} in epoch {partition.Log.Epoch}, before that by {before}";
    }

    private string Crash(int id)
    {
        var dead = _nodes[id];
        dead.Die();
        foreach (var partition in Partitions.Where(partition => partition.Leader == dead))
        {
            partition.Log.LeaderDied();
            _world.Agenda.Put(_world.Between(10, 6000), () => $"{partition} gets a leader after {dead}", () =>
            {
                if (partition.Leader == dead)
                {
                    Elect(partition, AnyNode());
                }
            });
        }

        _nodes[id] = new Node(_world, id, dead.Life + 1, () => _nextProducerId++);
        return $"{dead} dies";
    }

    private void Elect(LedPartition partition, Node leader)
    {
        var before = partition.Leader;
        var epoch = partition.Log.BeginEpoch();
        partition.Leader = leader;
        if (before != leader)
        {
            _world.Agenda.Put(_world.Between(0, 3000), () => $"{before} hears that it does not lead {partition} in epoch {epoch}", () =>
            {
                if (before.IsAlive)
                {
                    _ = partition.UnloadAsync(before, epoch);
                }
            });
        }

        _world.Agenda.Put(_world.Between(0, 1000), () => $"{leader} hears that it leads {partition} in epoch {epoch}", () => Load(partition, leader, epoch));
    }

    private void Load(LedPartition partition, Node leader, int epoch)
    {
        if (leader.IsAlive && partition.Log.Epoch == epoch)
        {
            _ = LoadAsync(partition, leader, epoch);
        }
    }

    private async Task LoadAsync(LedPartition partition, Node leader, int epoch)
    {
        try
        {
            await partition.LoadAsync(leader, epoch, _world.Sabotage.Around(partition.Log.LedBy(leader, epoch), partition, leader));
            partition.LoadedEpoch = Math.Max(partition.LoadedEpoch, epoch);
        }
        catch (PlantedFailureException)
        {
            _world.Agenda.Put(_world.Between(100, 2000), () => $"{leader} tries once more to load {partition}", () => Load(partition, leader, epoch));
        }
        catch (OperationCanceledException)
        {
            // Another load, or the end of the leadership, has overtaken it.
        }
    }
}
