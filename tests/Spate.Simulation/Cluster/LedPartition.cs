using Spate.Coordination.Runtime;

namespace Spate.Simulation.Cluster;

/// <summary>One partition of an internal topic: what it holds, and who leads it.</summary>
internal sealed class LedPartition(InternalTopic topic, int index, InternalLog log, Node leader)
{
    public InternalTopic Topic { get; } = topic;

    public int Index { get; } = index;

    public InternalLog Log { get; } = log;

    public Node Leader { get; set; } = leader;

    /// <summary>The epoch in which the leader has read the log and serves; behind that of the log while it has not.</summary>
    public int LoadedEpoch { get; set; }

    /// <summary>Whether what the leader knows is what the log tells, as far as anybody can see.</summary>
    public bool IsServed => Leader.IsAlive && LoadedEpoch == Log.Epoch && Status == ShardStatus.Active;

    private ShardStatus Status => Topic switch
    {
        InternalTopic.Offsets => Leader.Groups.StatusOf(Index),
        InternalTopic.Transactions => Leader.Transactions.StatusOf(Index),
        _ => Leader.Shares.StatusOf(Index),
    };

    public Task LoadAsync(Node node, int epoch, ICoordinatorLog log) => Topic switch
    {
        InternalTopic.Offsets => node.Groups.LoadAsync(Index, epoch, log),
        InternalTopic.Transactions => node.Transactions.LoadAsync(Index, epoch, log),
        _ => node.Shares.LoadAsync(Index, epoch, log),
    };

    public Task UnloadAsync(Node node, int epoch) => Topic switch
    {
        InternalTopic.Offsets => node.Groups.UnloadAsync(Index, epoch),
        InternalTopic.Transactions => node.Transactions.UnloadAsync(Index, epoch),
        _ => node.Shares.UnloadAsync(Index, epoch),
    };

    public override string ToString() => $"{Topic}-{Index}";
}
