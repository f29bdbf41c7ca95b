using Spate.Coordination.Groups.Streams.Topologies;

namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>What tasks are to be assigned to whom.</summary>
/// <param name="Subtopologies">The parts of the application, with their tasks.</param>
/// <param name="Members">Those who can have tasks; at least one.</param>
/// <param name="StandbyReplicas">How many copies there are to be of each task's state beside the active one.</param>
/// <param name="WarmupReplicas">How many tasks may warm up at a time; with 0 nobody's lag is looked at.</param>
internal sealed record TaskQuestion(IReadOnlyList<SubtopologyPlan> Subtopologies, IReadOnlyList<TaskCandidate> Members, int StandbyReplicas, int WarmupReplicas = 0)
{
    /// <summary>Who has caught up with the state of what.</summary>
    public TaskLags Lags { get; init; } = TaskLags.Unknown;

    /// <summary>Whether lags have a say.</summary>
    public bool LooksAtLags => WarmupReplicas > 0 && Lags.AreKnown;

    /// <summary>The tasks that have state, or those that have none, in order.</summary>
    public List<TaskId> Tasks(bool isStateful) =>
    [
        .. Subtopologies
            .Where(plan => plan.Subtopology.IsStateful == isStateful)
            .SelectMany(plan => Enumerable.Range(0, plan.Tasks).Select(partition => new TaskId(plan.Subtopology.Id, partition))),
    ];
}
