namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// Deals out who keeps copies of which task's state: in as many processes as asked for beside the one that does the task, or in all others
/// when there are not so many. A copy stays where state is while that process has no more than its share; the others go to whoever has least.
/// </summary>
internal sealed class StandbyTasks(IReadOnlyList<ProcessLoad> processes, FormerHolders former, int replicas)
{
    private readonly Dictionary<TaskId, int> _placed = [];

    /// <param name="tasks">The tasks that have state.</param>
    public void Deal(IReadOnlyList<TaskId> tasks)
    {
        var copies = Math.Min(replicas, processes.Count - 1);
        var shares = Math.Ceiling((double)(processes.Sum(process => process.Count) + (tasks.Count * copies)) / processes.Sum(process => process.Seats.Count));
        foreach (var task in tasks)
        {
            foreach (var seat in former.All(task))
            {
                if (_placed.GetValueOrDefault(task) < copies && !seat.Process.Has(task) && seat.Process.Count < shares * seat.Process.Seats.Count)
                {
                    Give(task, seat.Count < shares ? seat : Least(seat.Process, task));
                }
            }
        }

        foreach (var task in tasks)
        {
            while (_placed.GetValueOrDefault(task) < copies)
            {
                var process = processes.Where(each => !each.Has(task)).MinBy(each => (each.Load, !former.All(task).Any(seat => seat.Process == each), each.Seats[0].Index))!;
                Give(task, former.All(task).FirstOrDefault(seat => seat.Process == process && seat.Count < shares) ?? Least(process, task));
            }
        }
    }

    private static TaskSeat Least(ProcessLoad process, TaskId task) => process.Seats.MinBy(seat => (seat.Count, seat.CountOf(task.Subtopology), seat.Index))!;

    private void Give(TaskId task, TaskSeat seat)
    {
        seat.AddStandby(task);
        _placed[task] = _placed.GetValueOrDefault(task) + 1;
    }
}
