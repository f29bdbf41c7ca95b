namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>Who had each task so far, among those who can have tasks now.</summary>
internal sealed class FormerHolders
{
    private readonly Dictionary<TaskId, TaskSeat> _active = [];
    private readonly Dictionary<TaskId, List<TaskSeat>> _standby = [];

    public FormerHolders(IReadOnlyList<TaskCandidate> members, IReadOnlyList<TaskSeat> seats)
    {
        foreach (var (member, seat) in members.Zip(seats))
        {
            foreach (var task in Ids(member.Before.Active))
            {
                _active.TryAdd(task, seat);
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

    public TaskSeat? Active(TaskId task) => _active.GetValueOrDefault(task);

    public IReadOnlyList<TaskSeat> Standby(TaskId task) => _standby.GetValueOrDefault(task) ?? [];

    /// <summary>All who have something of the task's state, those who keep a copy first.</summary>
    public IEnumerable<TaskSeat> All(TaskId task) => Active(task) is { } seat ? Standby(task).Append(seat) : Standby(task);

    private static IEnumerable<TaskId> Ids(TaskSet tasks) => tasks.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => new TaskId(pair.Topic, partition)));
}
