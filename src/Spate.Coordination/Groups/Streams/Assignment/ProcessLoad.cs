namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>What a process is about to have: the seats of its members, and every task at most once.</summary>
/// <param name="id">What the process goes by.</param>
internal sealed class ProcessLoad(string id)
{
    private readonly HashSet<TaskId> _tasks = [];

    public string Id { get; } = id;

    public List<TaskSeat> Seats { get; } = [];

    /// <summary>Tasks for each member, copies counted like active ones.</summary>
    public double Load => (double)_tasks.Count / Seats.Count;

    /// <summary>The same with a task more.</summary>
    public double LoadWithOneMore => (double)(_tasks.Count + 1) / Seats.Count;

    public bool Has(TaskId task) => _tasks.Contains(task);

    public void Add(TaskId task) => _tasks.Add(task);

    public void Remove(TaskId task) => _tasks.Remove(task);
}
