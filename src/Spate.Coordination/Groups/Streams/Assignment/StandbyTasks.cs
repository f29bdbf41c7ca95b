namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Deals out who keeps copies of which task's state: in as many processes as asked for beside the one that does the task, or in all others
/// when there are not so many. Copies stay where state is, the others go to whoever has least, and then single copies move from who has much
/// to who has little until none makes it more even. So an assignment that is even is left alone.
/// </summary>
internal sealed class StandbyTasks(IReadOnlyList<ProcessLoad> processes, FormerHolders former, int replicas)
{
    private readonly Dictionary<TaskId, int> _placed = [];

    /// <param name="tasks">The tasks that have state.</param>
    public void Deal(IReadOnlyList<TaskId> tasks)
    {
        var copies = Math.Min(replicas, processes.Count - 1);
        foreach (var task in tasks)
        {
            foreach (var seat in former.All(task).Where(seat => _placed.GetValueOrDefault(task) < copies && !seat.Process.Has(task)))
            {
                Give(task, seat);
            }
        }

        foreach (var task in tasks)
        {
            while (_placed.GetValueOrDefault(task) < copies)
            {
                Give(task, Least(processes.Where(process => !process.Has(task)).MinBy(process => (process.Load, process.Seats[0].Index))!, task));
            }
        }

        while (TryMove())
        {
        }

        foreach (var process in processes)
        {
            Level(process);
        }
    }

    /// <summary>Moves a copy to a process that has less than the present one even with it, if there is such.</summary>
    private bool TryMove()
    {
        var ascending = processes.OrderBy(process => process.Load).ThenBy(process => process.Seats[0].Index).ToList();
        foreach (var giver in Enumerable.Reverse(ascending))
        {
            foreach (var taker in ascending.Where(process => process.LoadWithOneMore < giver.Load))
            {
                foreach (var seat in giver.Seats)
                {
                    if (seat.Standby.Where(task => !taker.Has(task)).Cast<TaskId?>().LastOrDefault() is { } task)
                    {
                        seat.RemoveStandby(task);
                        Least(taker, task).AddStandby(task);
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>Evens out the members of a process, who can read each other's state.</summary>
    private static void Level(ProcessLoad process)
    {
        while (true)
        {
            var least = process.Seats.MinBy(seat => (seat.Count, seat.Index))!;
            var most = process.Seats.Where(seat => seat.Standby.Count > 0).MaxBy(seat => (seat.Count, seat.Index));
            if (most is null || most.Count - least.Count < 2)
            {
                return;
            }

            var task = most.Standby[^1];
            most.RemoveStandby(task);
            least.AddStandby(task);
        }
    }

    private static TaskSeat Least(ProcessLoad process, TaskId task) => process.Seats.MinBy(seat => (seat.Count, seat.CountOf(task.Subtopology), seat.Index))!;

    private void Give(TaskId task, TaskSeat seat)
    {
        seat.AddStandby(task);
        _placed[task] = _placed.GetValueOrDefault(task) + 1;
    }
}
