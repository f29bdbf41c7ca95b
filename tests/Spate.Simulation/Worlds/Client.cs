using Spate.Protocol.Errors;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Worlds;

/// <summary>
/// A process that talks to coordinators, one request at a time, as over one connection. It stays with a coordinator until that one says that it
/// is none, or says nothing; then it asks who is. What it began before it was started anew is no longer its affair.
/// </summary>
internal abstract class Client(World world, string name)
{
    private readonly Dictionary<LedPartition, Node> _known = [];
    private int _life;

    public string Name { get; } = name;

    protected World World { get; } = world;

    public override string ToString() => Name;

    /// <summary>Asks the coordinator that a key belongs to.</summary>
    protected void Ask<TAnswer>(
        InternalTopic topic,
        string key,
        Func<string> what,
        Func<Node, ValueTask<TAnswer>> ask,
        Func<TAnswer, ErrorCode> errorOf,
        Action<TAnswer?> heard,
        TimeSpan? patience = null,
        bool mayRepeat = false)
        where TAnswer : class
    {
        var partition = World.Cluster.Find(topic, key);
        if (!_known.TryGetValue(partition, out var node))
        {
            _known.Add(partition, node = partition.Leader);
        }

        var life = _life;
        World.Network.Call(Name, node, what, ask, answer =>
        {
            if (answer is null || errorOf(answer) is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress)
            {
                _known.Remove(partition);
            }

            if (life == _life)
            {
                heard(answer);
            }
        }, patience, mayRepeat);
    }

    /// <summary>Goes on after a while, unless the process has been started anew meanwhile.</summary>
    protected void After(TimeSpan delay, Action act)
    {
        var life = _life;
        World.Agenda.Put(delay, () => $"{Name} goes on", () =>
        {
            if (life != _life)
            {
                return false;
            }

            act();
            return true;
        });
    }

    /// <summary>The process dies.</summary>
    protected void Die() => _life++;
}
