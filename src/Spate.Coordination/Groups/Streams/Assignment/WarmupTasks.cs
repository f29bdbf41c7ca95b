namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Keeps tasks from going where their state is not (the aim of KIP-441). When the one who is to do a task has not caught up with its state, and another one has, that one does it meanwhile,
/// and the aimed-for one keeps a copy: one of those that there are to be anyway, if the other one would have kept it; else one to warm up, of which there are only so many at a time.
/// </summary>
internal sealed class WarmupTasks
{
    private readonly ProcessRoster _roster;
    private readonly FormerHolders _former;
    private readonly TaskQuestion _question;

    private WarmupTasks(TaskQuestion question)
    {
        _question = question;
        _roster = new ProcessRoster(question.Members);
        _former = new FormerHolders(question.Members, _roster.Seats);
    }

    /// <summary>What members are to have for the time being, in their order. The same aim with what came of it and the same lags comes to the same again.</summary>
    /// <param name="question">Who has what, and who has caught up with what.</param>
    /// <param name="aim">What they are to have once all have caught up.</param>
    public static IReadOnlyList<TaskAssignment> Deal(TaskQuestion question, IReadOnlyList<TaskAssignment> aim) => question.LooksAtLags ? new WarmupTasks(question).Deal(aim) : aim;

    private List<TaskAssignment> Deal(IReadOnlyList<TaskAssignment> aim)
    {
        foreach (var (seat, tasks) in _roster.Seats.Zip(aim))
        {
            seat.Add(tasks);
        }

        var aimedFor = _roster.Seats.SelectMany(seat => seat.Active.Select(task => (Task: task, Seat: seat))).ToDictionary(each => each.Task, each => each.Seat);
        var cold = new List<(TaskId Task, TaskSeat Seat)>();
        foreach (var task in _question.Tasks(isStateful: true))
        {
            var seat = aimedFor[task];
            if (Keeper(task, seat.Process) is { } keeper)
            {
                Hold(task, seat, keeper);
                cold.Add((task, seat));
            }
        }

        // Those that warm up already go on with it: what was begun is not thrown away for another one.
        foreach (var (task, seat) in cold.Where(each => !each.Seat.Process.Has(each.Task)).OrderBy(each => IsWarming(each.Task, each.Seat) ? 0 : 1).Take(_question.WarmupReplicas).ToList())
        {
            seat.AddWarmup(task);
        }

        return [.. _roster.Seats.Select(seat => seat.ToAssignment())];
    }

    private bool IsWarming(TaskId task, TaskSeat seat) => _former.Warmup(task)?.Process == seat.Process;

    /// <summary>Who does a task until the aimed-for process has caught up with its state; null when that need not be waited for, or nobody could do better.</summary>
    private TaskSeat? Keeper(TaskId task, ProcessLoad aimed)
    {
        if (!_question.Lags.IsHeldToLag(aimed.Id) || _question.Lags.HasCaughtUp(aimed.Id, task))
        {
            return null;
        }

        // Who does it now has its state, unless it has told otherwise; and the members of a process share a disk.
        var worker = _former.Worker(task);
        return worker?.Process == aimed ? null
            : worker is not null && !_question.Lags.IsBehind(worker.Process.Id, task) ? worker
            : _question.Lags.CaughtUp(task)
                .Where(_roster.Has)
                .Select(id => _roster.Find(id).Seats.OrderBy(seat => (_former.Standby(task).Contains(seat) ? 0 : 1, seat.ActiveCount, seat.Index)).First())
                .OrderBy(seat => (_former.Standby(task).Contains(seat) ? 0 : 1, seat.ActiveCount, seat.Index))
                .FirstOrDefault();
    }

    private void Hold(TaskId task, TaskSeat aimed, TaskSeat keeper)
    {
        aimed.RemoveActive(task);
        var kept = _former.Standby(task).FirstOrDefault(seat => seat.Process == aimed.Process);
        var given = CopyIn(keeper.Process, task) ?? (kept is null ? null : CopyToGive(task));
        if (given is not null)
        {
            given.RemoveStandby(task);
            (kept ?? aimed).AddStandby(task);
        }

        keeper.AddActive(task);
    }

    /// <summary>A copy that is to be made elsewhere, rather one that is not there yet: there is one already in the aimed-for process.</summary>
    private TaskSeat? CopyToGive(TaskId task) => _roster.Processes
        .Select(process => CopyIn(process, task))
        .OfType<TaskSeat>()
        .OrderBy(seat => (_former.Standby(task).Any(other => other.Process == seat.Process) ? 1 : 0, -seat.Index))
        .FirstOrDefault();

    private static TaskSeat? CopyIn(ProcessLoad process, TaskId task) => process.Has(task) ? process.Seats.Find(seat => seat.Standby.Contains(task)) : null;
}
