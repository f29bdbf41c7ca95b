namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>What a member is about to have.</summary>
/// <param name="index">Its place among the members.</param>
/// <param name="process">The process that it is in.</param>
internal sealed class TaskSeat(int index, ProcessLoad process)
{
    private readonly List<TaskId> _active = [];
    private readonly List<TaskId> _standby = [];
    private readonly List<TaskId> _warmup = [];
    private readonly Dictionary<string, int> _ofSubtopology = new(StringComparer.Ordinal);

    public int Index { get; } = index;

    public ProcessLoad Process { get; } = process;

    public IReadOnlyList<TaskId> Active => _active;

    /// <summary>The tasks of whose state it keeps a copy, in the order in which it got them.</summary>
    public IReadOnlyList<TaskId> Standby => _standby;

    public int ActiveCount => _active.Count;

    public int Count => _active.Count + _standby.Count;

    /// <summary>Tasks of one part of the application; spread over members they share its work.</summary>
    public int CountOf(string subtopology) => _ofSubtopology.GetValueOrDefault(subtopology);

    /// <summary>Gives it all of an assignment.</summary>
    public void Add(TaskAssignment tasks)
    {
        foreach (var (role, list) in new[] { (TaskRole.Active, _active), (TaskRole.Standby, _standby), (TaskRole.Warmup, _warmup) })
        {
            foreach (var (subtopology, partitions) in tasks.In(role).ToPairs())
            {
                foreach (var partition in partitions)
                {
                    Add(list, new TaskId(subtopology, partition));
                }
            }
        }
    }

    public void AddActive(TaskId task) => Add(_active, task);

    public void AddStandby(TaskId task) => Add(_standby, task);

    public void AddWarmup(TaskId task) => Add(_warmup, task);

    public void RemoveActive(TaskId task) => Remove(_active, task);

    public void RemoveStandby(TaskId task) => Remove(_standby, task);

    public TaskAssignment ToAssignment() => new(ToSet(_active), ToSet(_standby), ToSet(_warmup));

    private static TaskSet ToSet(List<TaskId> tasks) => TaskSet.Of(tasks.Select(task => (task.Subtopology, (IEnumerable<int>)[task.Partition])));

    private void Add(List<TaskId> tasks, TaskId task)
    {
        tasks.Add(task);
        Process.Add(task);
        _ofSubtopology[task.Subtopology] = CountOf(task.Subtopology) + 1;
    }

    private void Remove(List<TaskId> tasks, TaskId task)
    {
        tasks.Remove(task);
        Process.Remove(task);
        _ofSubtopology[task.Subtopology] = CountOf(task.Subtopology) - 1;
    }
}
