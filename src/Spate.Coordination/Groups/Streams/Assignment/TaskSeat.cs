namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>What a member is about to have.</summary>
/// <param name="index">Its place among the members.</param>
/// <param name="process">The process that it is in.</param>
internal sealed class TaskSeat(int index, ProcessLoad process)
{
    private readonly List<TaskId> _active = [];
    private readonly List<TaskId> _standby = [];
    private readonly Dictionary<string, int> _ofSubtopology = new(StringComparer.Ordinal);

    public int Index { get; } = index;

    public ProcessLoad Process { get; } = process;

    /// <summary>The tasks of whose state it keeps a copy, in the order in which it got them.</summary>
    public IReadOnlyList<TaskId> Standby => _standby;

    public int ActiveCount => _active.Count;

    public int Count => _active.Count + _standby.Count;

    /// <summary>Tasks of one part of the application; spread over members they share its work.</summary>
    public int CountOf(string subtopology) => _ofSubtopology.GetValueOrDefault(subtopology);

    public void AddActive(TaskId task) => Add(_active, task);

    public void AddStandby(TaskId task) => Add(_standby, task);

    public void RemoveStandby(TaskId task)
    {
        _standby.Remove(task);
        Process.Remove(task);
        _ofSubtopology[task.Subtopology] = CountOf(task.Subtopology) - 1;
    }

    public TaskAssignment ToAssignment() => new(ToSet(_active), ToSet(_standby), TaskSet.Empty);

    private static TaskSet ToSet(List<TaskId> tasks) => TaskSet.Of(tasks.Select(task => (task.Subtopology, (IEnumerable<int>)[task.Partition])));

    private void Add(List<TaskId> tasks, TaskId task)
    {
        tasks.Add(task);
        Process.Add(task);
        _ofSubtopology[task.Subtopology] = CountOf(task.Subtopology) + 1;
    }
}
