using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Simulation.Groups;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Streams;

/// <summary>
/// A streams group: a task is done by one member at a time, a process has it in one way at a time, a task with state goes only where that is, warms up no more often than it may, and in the
/// end all tasks are done, evenly, and nothing warms up.
/// </summary>
internal sealed class StreamsGroupCheck(World world, string groupId, IReadOnlyList<StreamsMember> members, StreamsDisks disks) : GroupCheck(world, groupId)
{
    /// <summary>Where members are while a group still waits for more of them.</summary>
    private const int EpochBeforeTheFirst = 1;

    private StreamsGroup? _seen;
    private Dictionary<TaskId, (string Member, string Process)> _workers = [];

    protected override int EpochOf(Group group) => group.Streams?.Epoch ?? 0;

    protected override void LookAt(Group group)
    {
        if (group.Streams is { } streams)
        {
            LookAtMembers(streams);
            LookAtProcesses(streams);
            LookAtWorkers(streams);
            LookAtWarmups(streams);
            LookAtMoves(streams);
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

        if (members.Any(static member => !member.Tasks.Warmup.IsEmpty)
            || members.Max(static member => member.Tasks.Active.Count) - members.Min(static member => member.Tasks.Active.Count) > 1)
        {
            World.Fault(Checks.Settling, $"{GroupId} is not even, or warms up still: {string.Join("; ", members.Select(static member => $"{member} has {member.Tasks}"))}");
        }
    }

    /// <summary>What members are to have in no more than so many tasks to warm up, and no process has what it warms up in another way.</summary>
    private void LookAtWarmups(StreamsGroup group)
    {
        var targets = group.Members.Select(member => (member.Metadata.ProcessId, Tasks: group.TargetOf(member.Id))).ToList();
        var warming = targets.Sum(static target => target.Tasks.Warmup.Count);
        if (warming > World.Settings.Streams.WarmupReplicas)
        {
            World.Fault(Checks.Warmth, $"{warming} tasks of {GroupId} warm up, of {World.Settings.Streams.WarmupReplicas} that may");
        }

        foreach (var (process, tasks) in targets.Where(static target => !target.Tasks.Warmup.IsEmpty))
        {
            if (targets.Exists(other => other.ProcessId == process && other.Tasks.Active.Union(other.Tasks.Standby).Overlaps(tasks.Warmup)))
            {
                World.Fault(Checks.Warmth, $"{process} warms up in {GroupId} what it has anyway");
            }
        }
    }

    /// <summary>
    /// Where members tell, a task goes from a process that has its state, and is still there, only to one that has it too: by what really lies on its disk. Who has told that it lacks
    /// state itself may lose the task, and who takes a group over and has heard of nobody's state knows nothing.
    /// </summary>
    private void LookAtMoves(StreamsGroup group)
    {
        var before = ReferenceEquals(_seen, group) ? _workers : [];
        _seen = group;
        _workers = group.Members
            .SelectMany(member => group.TargetOf(member.Id).Active.ToPairs()
                .Where(static part => part.Topic == StreamsApplication.Counting)
                .SelectMany(part => part.Partitions.Select(partition => (Task: new TaskId(part.Topic, partition), Holder: (member.Id, member.Metadata.ProcessId)))))
            .ToDictionary(static each => each.Task, static each => each.Holder);
        if (World.Settings.Streams.WarmupReplicas == 0 || group.Soft.Weighed is not { Lags: { AreKnown: true } lags })
        {
            return;
        }

        foreach (var (task, taker) in _workers)
        {
            if (before.TryGetValue(task, out var giver) && giver.Process != taker.Process
                && group.TryGetMember(giver.Member, out var left) && left.Metadata.ProcessId == giver.Process && !lags.IsBehind(giver.Process, task)
                && group.Members.Any(member => member.Metadata.ProcessId == taker.Process && members.Any(each => each.MemberId == member.Id && each.Tells))
                && !disks.HasCaughtUp(taker.Process, task))
            {
                World.Fault(Checks.Warmth, $"{task} of {GroupId} goes from {giver} to {taker}, who lacks {disks.On(taker.Process).GetValueOrDefault(task, -1)} of its state");
            }
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
                var tasks = held.Active.Union(held.Standby).Union(held.Warmup);
                if (all.Overlaps(tasks) || tasks.Count < held.Count)
                {
                    World.Fault(Checks.Owners, $"{process.Key} has a task of {GroupId} twice");
                }

                all = all.Union(tasks);
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
