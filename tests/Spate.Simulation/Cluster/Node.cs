using Spate.Coordination;
using Spate.Coordination.Shares.State;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>One life of one broker, as far as coordinators go. When it dies, whatever it had begun stops where it stands.</summary>
internal sealed class Node
{
    public static readonly GroupCoordinatorOptions GroupOptions = new()
    {
        PartitionCount = ClusterOfNodes.PartitionCount,
        InitialRebalanceDelay = TimeSpan.FromMilliseconds(500),
    };

    public static readonly TransactionCoordinatorOptions TransactionOptions = new()
    {
        PartitionCount = ClusterOfNodes.PartitionCount,
        TimeoutCheckInterval = TimeSpan.FromSeconds(2),
    };

    public static readonly ShareStateOptions ShareOptions = new() { PartitionCount = ClusterOfNodes.PartitionCount, UpdatesPerSnapshot = 20 };

    private readonly World _world;

    public Node(World world, int id, int life, Func<long> nextProducerId)
    {
        _world = world;
        Id = id;
        Life = life;
        Clock = new NodeClock(this, world.Agenda);
        var scheduler = new NodeScheduler(this, world.Pump);
        var logger = new NodeLogger(this, world);
        var shares = new ShareSurroundings(world.Sabotage.Around(new RemoteShareStates(world, this)));
        Groups = new GroupCoordinator(GroupOptions, Clock, new Random(world.Random.Next()), logger, scheduler, world.Topics, world.Settings, shares);
        Transactions = new TransactionCoordinator(
            TransactionOptions,
            world.Sabotage.Around(new SimulatedMarkers(world, this)),
            _ => ValueTask.FromResult<long?>(nextProducerId()),
            Clock,
            logger,
            scheduler);
        Shares = new ShareStateKeeper(ShareOptions, new ShareTopics(world), Clock, logger, scheduler);
    }

    public int Id { get; }

    /// <summary>How many times the broker has been started before.</summary>
    public int Life { get; }

    public bool IsAlive { get; private set; } = true;

    public TimeProvider Clock { get; }

    public GroupCoordinator Groups { get; }

    public TransactionCoordinator Transactions { get; }

    public ShareStateKeeper Shares { get; }

    public void Die() => IsAlive = false;

    public override string ToString() => $"n{Id}.{Life}";
}
