namespace Spate.Coordination.Groups.Streams.Assignment;

/// <summary>One who can have tasks.</summary>
/// <param name="Id">The member.</param>
/// <param name="Process">The process that it is in, with others perhaps.</param>
/// <param name="Before">What it was to have so far.</param>
internal sealed record TaskCandidate(string Id, string Process, TaskAssignment Before);
