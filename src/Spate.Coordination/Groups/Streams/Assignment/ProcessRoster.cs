namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>Members and their processes, with nothing so far.</summary>
internal sealed class ProcessRoster
{
    private readonly Dictionary<string, ProcessLoad> _processes = new(StringComparer.Ordinal);
    private readonly List<ProcessLoad> _inOrder = [];
    private readonly List<TaskSeat> _seats;

    public ProcessRoster(IReadOnlyList<TaskCandidate> members)
    {
        _seats = new List<TaskSeat>(members.Count);
        foreach (var member in members)
        {
            if (!_processes.TryGetValue(member.Process, out var process))
            {
                process = new ProcessLoad(member.Process);
                _processes.Add(member.Process, process);
                _inOrder.Add(process);
            }

            var seat = new TaskSeat(_seats.Count, process);
            process.Seats.Add(seat);
            _seats.Add(seat);
        }
    }

    /// <summary>The members, in their order.</summary>
    public IReadOnlyList<TaskSeat> Seats => _seats;

    /// <summary>The processes, in the order of the first member of each.</summary>
    public IReadOnlyList<ProcessLoad> Processes => _inOrder;

    public bool Has(string process) => _processes.ContainsKey(process);

    public ProcessLoad Find(string process) => _processes[process];
}
