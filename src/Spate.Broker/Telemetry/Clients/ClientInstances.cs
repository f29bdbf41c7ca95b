using System.Diagnostics.CodeAnalysis;
using Spate.Protocol;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>
/// The clients that are remembered, at most so many; when there is no room, the one that was heard of longest ago goes. One that has not
/// been heard of for three of its intervals, and for a minute at least, goes as well. Under the lock of <see cref="ClientTelemetry"/>.
/// </summary>
internal sealed class ClientInstances(int countMax)
{
    private const long KeptAtLeastMs = 60_000;
    private const int IntervalsKept = 3;

    private readonly Dictionary<Uuid, LinkedListNode<ClientInstance>> _byId = [];

    /// <summary>Those that were heard of longest ago first.</summary>
    private readonly LinkedList<ClientInstance> _bySeen = [];
    private long _sweptAtMs;

    public int Count => _byId.Count;

    public IEnumerable<ClientInstance> All => _bySeen;

    /// <summary>Told of one that goes.</summary>
    public Action<ClientInstance> OnForgotten { get; init; } = static _ => { };

    public bool Contains(Uuid id) => _byId.ContainsKey(id);

    /// <summary>Finds one that is heard of now.</summary>
    public bool TryGet(Uuid id, long nowMs, [NotNullWhen(true)] out ClientInstance? instance)
    {
        if (!_byId.TryGetValue(id, out var node))
        {
            instance = null;
            return false;
        }

        instance = node.Value;
        instance.SeenAtMs = nowMs;
        _bySeen.Remove(node);
        _bySeen.AddLast(node);
        return true;
    }

    public void Add(ClientInstance instance, long nowMs)
    {
        if (_byId.Count == countMax)
        {
            Forget(_bySeen.First!);
        }

        instance.SeenAtMs = nowMs;
        _byId.Add(instance.Id, _bySeen.AddLast(instance));
    }

    /// <summary>Forgets those that have not been heard of for too long. Looks at them once a minute at most.</summary>
    public void Expire(long nowMs)
    {
        if (nowMs - _sweptAtMs < KeptAtLeastMs)
        {
            return;
        }

        _sweptAtMs = nowMs;
        for (var node = _bySeen.First; node is not null;)
        {
            var next = node.Next;
            if (nowMs - node.Value.SeenAtMs >= Math.Max(KeptAtLeastMs, IntervalsKept * (long)node.Value.Demand.IntervalMs))
            {
                Forget(node);
            }

            node = next;
        }
    }

    private void Forget(LinkedListNode<ClientInstance> node)
    {
        _bySeen.Remove(node);
        _byId.Remove(node.Value.Id);
        OnForgotten(node.Value);
    }
}
