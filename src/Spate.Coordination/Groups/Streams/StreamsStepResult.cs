namespace Spate.Coordination.Groups.Streams;

/// <summary>What came of a member's step, once its records are committed.</summary>
/// <param name="Member">The member after it.</param>
/// <param name="Look">What the group's topology came to.</param>
/// <param name="HasRaisedEpoch">Whether the group goes to a new epoch.</param>
/// <param name="HasMoved">Whether the member's current assignment is another one than before.</param>
/// <param name="Gathers">Whether the group waits for more members before it assigns anything.</param>
/// <param name="Weighed">What the target assignment has been held against.</param>
/// <param name="Aim">What members are to have in the end; null when that is as before.</param>
internal sealed record StreamsStepResult(StreamsMember Member, CheckedTopology Look, bool HasRaisedEpoch, bool HasMoved, bool Gathers, WeighedLags Weighed, IReadOnlyDictionary<string, TaskAssignment>? Aim);
