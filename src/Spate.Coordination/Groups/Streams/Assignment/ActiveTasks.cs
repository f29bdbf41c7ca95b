namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Deals out who does which task. Members get as many as the next or one more. A task stays where it is while there is room; else it goes
/// where a copy of its state is; else to whoever has least.
/// </summary>
internal sealed class ActiveTasks
{
    private readonly IReadOnlyList<TaskSeat> _seats;
    private readonly FormerHolders _former;
    private readonly int _share;
    private int _odd;

    /// <param name="seats">The members, with nothing so far.</param>
    /// <param name="former">Who had what.</param>
    /// <param name="count">How many tasks there are.</param>
    public ActiveTasks(IReadOnlyList<TaskSeat> seats, FormerHolders former, int count)
    {
        _seats = seats;
        _former = former;
        (_share, _odd) = Math.DivRem(count, seats.Count);
    }

    /// <param name="tasks">All tasks, those first that it costs most to move.</param>
    public void Deal(IReadOnlyList<TaskId> tasks)
    {
        var moving = tasks.Where(task => !TryGive(task, _former.Active(task))).ToList();
        var open = moving.Where(task => !TryGive(task, WithCopy(task))).ToList();
        foreach (var task in open)
        {
            Give(task, _seats.Where(HasRoom).MinBy(seat => (seat.ActiveCount, seat.Process.Load, seat.CountOf(task.Subtopology), seat.Index))!);
        }
    }

    private bool HasRoom(TaskSeat seat) => seat.ActiveCount < _share || (seat.ActiveCount == _share && _odd > 0);

    /// <summary>The member with a copy of the task's state, or another one of the same process, which can read it too.</summary>
    private TaskSeat? WithCopy(TaskId task) => _former.Standby(task)
        .SelectMany(seat => seat.Process.Seats.Select(other => (Seat: other, IsOther: other != seat)))
        .Where(each => HasRoom(each.Seat))
        .OrderBy(each => (each.IsOther, each.Seat.ActiveCount, each.Seat.Index))
        .FirstOrDefault().Seat;

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
