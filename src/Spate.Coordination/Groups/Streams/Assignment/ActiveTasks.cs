namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Deals out who does which task. Members get as many as the next or one more. A task stays where it is, or where it warms up to be done, while there is room; else it goes
/// where its state is, rather where it has caught up; else to whoever has least.
/// </summary>
internal sealed class ActiveTasks
{
    private readonly IReadOnlyList<TaskSeat> _seats;
    private readonly ProcessRoster _roster;
    private readonly FormerHolders _former;
    private readonly TaskLags _lags;
    private readonly int _share;
    private int _odd;

    /// <param name="roster">The members, with nothing so far.</param>
    /// <param name="former">Who had what.</param>
    /// <param name="lags">Who has caught up with what.</param>
    /// <param name="count">How many tasks there are.</param>
    public ActiveTasks(ProcessRoster roster, FormerHolders former, TaskLags lags, int count)
    {
        _roster = roster;
        _seats = roster.Seats;
        _former = former;
        _lags = lags;
        (_share, _odd) = Math.DivRem(count, roster.Seats.Count);
    }

    /// <param name="tasks">All tasks, those first that it costs most to move.</param>
    public void Deal(IReadOnlyList<TaskId> tasks)
    {
        var moving = tasks.Where(task => !TryGive(task, _former.AimedFor(task))).ToList();
        var open = moving.Where(task => !TryGive(task, WithCopy(task))).ToList();
        foreach (var task in open)
        {
            Give(task, _seats.Where(HasRoom).MinBy(seat => (seat.ActiveCount, seat.Process.Load, seat.CountOf(task.Subtopology), seat.Index))!);
        }
    }

    private bool HasRoom(TaskSeat seat) => seat.ActiveCount < _share || (seat.ActiveCount == _share && _odd > 0);

    /// <summary>The member with a copy of the task's state, or another one of the same process, which can read it too.</summary>
    private TaskSeat? WithCopy(TaskId task)
    {
        var keeping = _former.Standby(task);
        return keeping.Select(seat => seat.Process)
            .Concat(_lags.CaughtUp(task).Where(_roster.Has).Select(_roster.Find))
            .Distinct()
            .SelectMany(process => process.Seats)
            .Where(HasRoom)
            .OrderBy(seat => (!_lags.HasCaughtUp(seat.Process.Id, task), !keeping.Contains(seat), seat.ActiveCount, seat.Index))
            .FirstOrDefault();
    }

    private bool TryGive(TaskId task, TaskSeat? seat)
    {
        if (seat is null || !HasRoom(seat))
        {
            return false;
        }

        Give(task, seat);
        return true;
    }

    private void Give(TaskId task, TaskSeat seat)
    {
        _odd -= seat.ActiveCount == _share ? 1 : 0;
        seat.AddActive(task);
    }
}
