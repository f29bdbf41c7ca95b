namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// The assignor of streams groups, which Kafka calls <c>sticky</c>: active tasks evenly to members, copies of state evenly to processes, and as
/// little as possible moved. Pure: the same question has the same answer.
/// </summary>
internal static class StickyTaskAssignor
{
    /// <summary>The tasks of each member, in the order of the members.</summary>
    public static IReadOnlyList<TaskAssignment> Assign(TaskQuestion question)
    {
        var processes = new Dictionary<string, ProcessLoad>(StringComparer.Ordinal);
        var seats = new List<TaskSeat>(question.Members.Count);
        foreach (var member in question.Members)
        {
            if (!processes.TryGetValue(member.Process, out var process))
            {
                process = new ProcessLoad();
                processes.Add(member.Process, process);
            }

            var seat = new TaskSeat(seats.Count, process);
            process.Seats.Add(seat);
            seats.Add(seat);
        }

        var former = new FormerHolders(question.Members, seats);
        var stateful = Tasks(question, isStateful: true);
        List<TaskId> tasks = [.. stateful, .. Tasks(question, isStateful: false)];
        new ActiveTasks(seats, former, tasks.Count).Deal(tasks);
        if (question.StandbyReplicas > 0)
        {
            new StandbyTasks([.. processes.Values], former, question.StandbyReplicas).Deal(stateful);
        }

        return [.. seats.Select(seat => seat.ToAssignment())];
    }

    private static List<TaskId> Tasks(TaskQuestion question, bool isStateful) =>
    [
        .. question.Subtopologies
            .Where(plan => plan.Subtopology.IsStateful == isStateful)
            .SelectMany(plan => Enumerable.Range(0, plan.Tasks).Select(partition => new TaskId(plan.Subtopology.Id, partition))),
    ];
}
