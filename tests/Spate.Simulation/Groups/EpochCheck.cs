using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>The epochs of one group and of its members only rise, for as long as the group lives: no member is ahead of the assignment, nor the assignment of the group.</summary>
internal sealed class EpochCheck(World world, string groupId)
{
    private readonly Dictionary<string, int> _members = new(StringComparer.Ordinal);
    private int _group;

    /// <summary>Whoever comes begins to count anew.</summary>
    public void BeginAnew()
    {
        _group = 0;
        _members.Clear();
    }

    /// <summary>The group's epoch, or its generation.</summary>
    public void Look(int epoch)
    {
        if (epoch < _group)
        {
            world.Fault(Checks.Epochs, $"{groupId} went back from {_group} to {epoch}");
        }

        _group = epoch;
    }

    /// <param name="memberId">The member.</param>
    /// <param name="epoch">Its epoch; one that has left for a while has none.</param>
    /// <param name="assignment">The epoch of the target assignment.</param>
    /// <param name="group">The group's epoch.</param>
    public void Look(string memberId, int epoch, int assignment, int group)
    {
        if (epoch < 0)
        {
            return;
        }

        var before = _members.GetValueOrDefault(memberId);
        if (epoch < before || epoch > assignment || assignment > group)
        {
            world.Fault(Checks.Epochs, $"{memberId} of {groupId} went from {before} to {epoch}, with the assignment in {assignment} and the group in {group}");
        }

        _members[memberId] = epoch;
    }
}
