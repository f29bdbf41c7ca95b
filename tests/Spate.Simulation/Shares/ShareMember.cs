using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>A member of a share group: takes records, and sooner or later says what became of them, or never does.</summary>
internal sealed class ShareMember(World world, string name, IReadOnlyList<SharedPartition> partitions) : Client(world, name)
{
    private readonly Queue<(ShareLeader Leader, AcquiredRange Range)> _held = new();

    public void Start() => After(World.Between(0, 2000), Turn);

    private void Next() => After(World.Between(20, 600), Turn);

    private void Turn()
    {
        if (!World.Weather.IsCalm && World.Random.Next(60) == 0)
        {
            // What it holds is left to the locks.
            _held.Clear();
            After(World.Between(0, 10_000), Turn);
        }
        else if (_held.Count > 0 && World.Random.Next(4) > 0)
        {
            Acknowledge();
        }
        else
        {
            Acquire();
        }
    }

    private void Acquire()
    {
        var partition = World.Pick(partitions);
        if (partition.Leader is not { } leader)
        {
            Next();
            return;
        }

        World.Network.Call<IReadOnlyList<AcquiredRange>>(
            Name,
            leader.Node,
            () => $"share fetch from {leader}",
            _ => ValueTask.FromResult(leader.Acquire(Name, World.Random.Next(1, 12), (AcquireMode)World.Random.Next(2))),
            ranges =>
            {
                foreach (var range in ranges ?? [])
                {
                    _held.Enqueue((leader, range));
                }

                Next();
            });
    }

    private void Acknowledge()
    {
        var (leader, range) = _held.Dequeue();
        var type = World.Weather.IsCalm ? AcknowledgeType.Accept : World.Random.Next(8) switch
        {
            0 => AcknowledgeType.Release,
            1 => AcknowledgeType.Reject,
            2 => AcknowledgeType.Renew,
            _ => AcknowledgeType.Accept,
        };
        World.Network.Call<object>(
            Name,
            leader.Node,
            () => $"{type} {range.First} to {range.Last} at {leader}",
            async _ => await leader.AcknowledgeAsync(Name, range, type),
            error =>
            {
                if (type == AcknowledgeType.Renew && (ErrorCode?)error == ErrorCode.None)
                {
                    _held.Enqueue((leader, range));
                }

                Next();
            });
    }
}
