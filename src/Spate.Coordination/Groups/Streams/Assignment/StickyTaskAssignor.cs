namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>
/// The assignor of streams groups, which Kafka calls <c>sticky</c>: active tasks evenly to members, copies of state evenly to processes, and as
/// little as possible moved. Where it is known how far members have the state of tasks, a task goes only where it has caught up, and warms up there until then.
/// Pure: the same question has the same answer.
/// </summary>
internal static class StickyTaskAssignor
{
    /// <summary>The tasks of each member, in the order of the members.</summary>
    public static IReadOnlyList<TaskAssignment> Assign(TaskQuestion question) => WarmupTasks.Deal(question, Aim(question));

    /// <summary>The same as it is to be once everybody has caught up with the state of what it is to do.</summary>
    public static IReadOnlyList<TaskAssignment> Aim(TaskQuestion question)
    {
        var roster = new ProcessRoster(question.Members);
        var former = new FormerHolders(question.Members, roster.Seats);
        var stateful = question.Tasks(isStateful: true);
        List<TaskId> tasks = [.. stateful, .. question.Tasks(isStateful: false)];
        new ActiveTasks(roster, former, question.LooksAtLags ? question.Lags : TaskLags.Unknown, tasks.Count).Deal(tasks);
        if (question.StandbyReplicas > 0)
        {
            new StandbyTasks(roster.Processes, former, question.StandbyReplicas).Deal(stateful);
        }

        return [.. roster.Seats.Select(seat => seat.ToAssignment())];
    }
}
