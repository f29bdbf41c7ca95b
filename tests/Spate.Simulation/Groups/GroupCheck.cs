using Spate.Coordination.Groups;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>Holds one group against what every group promises, and against what those of its kind do.</summary>
internal abstract class GroupCheck(World world, string groupId)
{
    private readonly LedPartition _partition = world.Cluster.Find(InternalTopic.Offsets, groupId);
    private readonly OffsetCheck _offsets = new(world);

    public string GroupId { get; } = groupId;

    protected World World { get; } = world;

    protected EpochCheck Epochs { get; } = new(world, groupId);

    /// <summary>The group as its coordinator has it; null when there is none, or nobody who could tell.</summary>
    public Group? Find(out bool isServed)
    {
        isServed = _partition.IsServed;
        if (!isServed)
        {
            return null;
        }

        var answer = _partition.Leader.Groups.ReadAsync(GroupId, shard => shard.Find(GroupId), static _ => null).AsTask();
        World.Pump.Run();
        isServed = _partition.IsServed && answer.IsCompletedSuccessfully;
        return isServed ? answer.Result : null;
    }

    public void Look()
    {
        var group = Find(out var isServed);
        if (!isServed)
        {
            return;
        }

        if (group is null)
        {
            BeginAnew();
            _offsets.BeginAnew();
            return;
        }

        _offsets.Look(group);
        var epoch = EpochOf(group);
        if (epoch == 0)
        {
            BeginAnew();
        }

        Epochs.Look(epoch);
        LookAt(group);
    }

    /// <summary>The log has taken back all that it said of the group but its offsets: whoever comes begins to count anew.</summary>
    public void BeginAnew() => Epochs.BeginAnew();

    /// <summary>All has been left alone for long: the group is there.</summary>
    public void Close()
    {
        if (Find(out var isServed) is { } group)
        {
            LookAtRest(group);
        }
        else
        {
            World.Fault(Checks.Settling, isServed ? $"{GroupId} is not there" : $"nobody coordinates {GroupId}");
        }
    }

    /// <summary>The group's epoch, or its generation; 0 when it has none.</summary>
    protected abstract int EpochOf(Group group);

    /// <summary>What groups of its kind are held to whenever something has happened to them.</summary>
    protected abstract void LookAt(Group group);

    /// <summary>What they are held to when all has been left alone for long.</summary>
    protected abstract void LookAtRest(Group group);
}
