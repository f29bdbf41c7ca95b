namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>A part of an application with the topics that there are.</summary>
/// <param name="Subtopology">The part.</param>
/// <param name="Tasks">How many tasks it has: as many as the widest topic that it reads has partitions.</param>
internal sealed record SubtopologyPlan(Subtopology Subtopology, int Tasks);
