using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>A streams group: a task is done by one member at a time, a process has it in one way at a time, and in the end all tasks are done.</summary>
internal sealed class StreamsGroupCheck(World world, string groupId, IReadOnlyList<StreamsMember> members) : GroupCheck(world, groupId)
{
    /// <summary>Where members are while a group still waits for more of them.</summary>
    private const int EpochBeforeTheFirst = 1;

    protected override int EpochOf(Group group) => group.Streams?.Epoch ?? 0;

    protected override void LookAt(Group group)
    {
        if (group.Streams is { } streams)
        {
            LookAtMembers(streams);
            LookAtProcesses(streams);
            LookAtWorkers(streams);
        }
    }

    protected override void LookAtRest(Group group)
    {
        var plan = TopologyPlan.Of(StreamsTopology.Of(StreamsApplication.Topology), World.Topics.Current);
        var done = members.Aggregate(TaskSet.Empty, static (all, member) => all.Union(member.Tasks.Active));
        if (group.State != nameof(StreamsGroupState.Stable) || !plan.IsReady || done.Count != plan.Subtopologies.Sum(static part => part.Tasks))
        {
            World.Fault(
                Checks.Settling,
                $"{GroupId} is {group.State}, {done} is done of {string.Join(' ', plan.Subtopologies.Select(static part => $"{part.Subtopology.Id}:{part.Tasks}"))}{plan.Fault}: {string.Join("; ", members.Select(static member => $"{member} is {member.MemberId} in {member.Epoch}, has {member.Tasks}"))}");
        }
    }

    private void LookAtMembers(StreamsGroup group)
    {
        var active = TaskSet.Empty;
        foreach (var member in group.Members)
        {
            var assignment = Math.Max(EpochBeforeTheFirst, group.AssignmentEpoch);
            Epochs.Look(member.Id, member.Current.Epoch, assignment, group.Epoch);
            var held = member.Current.Assigned.Active.Union(member.Current.PendingRevocation.Active);
            if (active.Overlaps(held))
            {
                World.Fault(Checks.Owners, $"{GroupId} has given to {member.Id} a task that another does");
            }

            active = active.Union(held);
        }
    }

    private void LookAtProcesses(StreamsGroup group)
    {
        foreach (var process in group.Members.GroupBy(static member => member.Metadata.ProcessId))
        {
            var all = TaskSet.Empty;
            foreach (var held in process.Select(static member => member.Current.Assigned.Union(member.Current.PendingRevocation)))
            {
                if (all.Overlaps(held.Active.Union(held.Standby)) || held.Active.Overlaps(held.Standby))
                {
                    World.Fault(Checks.Owners, $"{process.Key} has a task of {GroupId} twice");
                }

                all = all.Union(held.Active).Union(held.Standby);
            }
        }
    }

    /// <summary>Members that the group knows as they know themselves do nothing that another such member does.</summary>
    private void LookAtWorkers(StreamsGroup group)
    {
        var all = TaskSet.Empty;
        foreach (var member in members.Where(member => IsKnown(group, member)))
        {
            if (all.Overlaps(member.Tasks.Active))
            {
                World.Fault(
                    Checks.Owners,
                    $"{member} does in {GroupId} what another does: {string.Join("; ", members.Where(one => IsKnown(group, one)).Select(static one => $"{one} {one.Tasks}"))}");
            }

            all = all.Union(member.Tasks.Active);
        }
    }

    private static bool IsKnown(StreamsGroup group, StreamsMember member) =>
        !member.IsDown && member.Epoch > 0 && group.TryGetMember(member.MemberId, out var known)
        && (member.Epoch == known.Current.Epoch || member.Epoch == known.Current.PreviousEpoch);
}
