using Spate.Coordination.Groups.Streams.Topologies;

namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>What tasks are to be assigned to whom.</summary>
/// <param name="Subtopologies">The parts of the application, with their tasks.</param>
/// <param name="Members">Those who can have tasks; at least one.</param>
/// <param name="StandbyReplicas">How many copies there are to be of each task's state beside the active one.</param>
internal sealed record TaskQuestion(IReadOnlyList<SubtopologyPlan> Subtopologies, IReadOnlyList<TaskCandidate> Members, int StandbyReplicas);
