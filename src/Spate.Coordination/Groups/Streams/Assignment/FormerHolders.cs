namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>Who had each task so far, among those who can have tasks now.</summary>
internal sealed class FormerHolders
{
    private readonly Dictionary<TaskId, TaskSeat> _workers = [];
    private readonly Dictionary<TaskId, TaskSeat> _warmups = [];
    private readonly Dictionary<TaskId, List<TaskSeat>> _standby = [];

    public FormerHolders(IReadOnlyList<TaskCandidate> members, IReadOnlyList<TaskSeat> seats)
    {
        foreach (var (member, seat) in members.Zip(seats))
        {
            foreach (var task in Ids(member.Before.Active))
            {
                _workers.TryAdd(task, seat);
            }

            foreach (var task in Ids(member.Before.Warmup))
            {
                _warmups.TryAdd(task, seat);
            }

            foreach (var task in Ids(member.Before.Standby))
            {
                if (!_standby.TryGetValue(task, out var holders))
                {
                    holders = [];
                    _standby.Add(task, holders);
                }

                holders.Add(seat);
            }
        }
    }

    /// <summary>Who does a task.</summary>
    public TaskSeat? Worker(TaskId task) => _workers.GetValueOrDefault(task);

    /// <summary>Who warms a task up, to do it then.</summary>
    public TaskSeat? Warmup(TaskId task) => _warmups.GetValueOrDefault(task);

    /// <summary>Who was meant to do a task in the end: whoever warms it up, else whoever does it.</summary>
    public TaskSeat? AimedFor(TaskId task) => Warmup(task) ?? Worker(task);

    public IReadOnlyList<TaskSeat> Standby(TaskId task) => _standby.GetValueOrDefault(task) ?? [];

    /// <summary>All who have something of the task's state, those who keep a copy first.</summary>
    public IEnumerable<TaskSeat> All(TaskId task) => Standby(task).Concat(new[] { Worker(task), Warmup(task) }.OfType<TaskSeat>());

    private static IEnumerable<TaskId> Ids(TaskSet tasks) => tasks.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => new TaskId(pair.Topic, partition)));
}
