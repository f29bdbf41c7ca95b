namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// Who has each task, or has not yet said that it gave it up. A task is done by one member at a time, and a process, whose members share a
/// disk, has a task in one way at a time.
/// </summary>
internal sealed class TaskOwners
{
    private readonly Dictionary<TaskId, (string Member, string Process)> _active = [];
    private readonly Dictionary<(TaskId Task, string Process), int> _copies = [];

    public void Take(StreamsMember member)
    {
        foreach (var task in Tasks(member, TaskRole.Active))
        {
            _active[task] = (member.Id, member.Metadata.ProcessId);
        }

        foreach (var task in Copies(member))
        {
            var key = (task, member.Metadata.ProcessId);
            _copies[key] = _copies.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Lets go of what is still the member's, who must be as it was when it took it.</summary>
    public void Release(StreamsMember member)
    {
        foreach (var task in Tasks(member, TaskRole.Active))
        {
            if (_active.TryGetValue(task, out var owner) && owner.Member == member.Id)
            {
                _active.Remove(task);
            }
        }

        foreach (var task in Copies(member))
        {
            var key = (task, member.Metadata.ProcessId);
            if (_copies.GetValueOrDefault(key) is > 1 and var count)
            {
                _copies[key] = count - 1;
            }
            else
            {
                _copies.Remove(key);
            }
        }
    }

    /// <summary>Whether a member can have a task. What it is itself only now known to have given up is free for it.</summary>
    /// <param name="role">In which way.</param>
    /// <param name="task">The task.</param>
    /// <param name="taker">The member, as it took what it has.</param>
    /// <param name="process">The process that it is in now.</param>
    public bool IsFree(TaskRole role, TaskId task, StreamsMember taker, string process)
    {
        var isDoneElsewhere = _active.TryGetValue(task, out var owner) && owner.Member != taker.Id && (role == TaskRole.Active || owner.Process == process);
        var own = taker.Metadata.ProcessId == process ? Copies(taker).Count(copy => copy == task) : 0;
        return !isDoneElsewhere && _copies.GetValueOrDefault((task, process)) <= own;
    }

    private static IEnumerable<TaskId> Tasks(StreamsMember member, TaskRole role) => ToIds(member.Current.Assigned.In(role)).Concat(ToIds(member.Current.PendingRevocation.In(role)));

    private static IEnumerable<TaskId> Copies(StreamsMember member) => Tasks(member, TaskRole.Standby).Concat(Tasks(member, TaskRole.Warmup));

    private static IEnumerable<TaskId> ToIds(TaskSet tasks) => tasks.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => new TaskId(pair.Topic, partition)));
}
