namespace Spate.Coordination.Groups.Assignors;

/// <summary>One who wants partitions.</summary>
/// <param name="Rack">Where it stands, or null when it does not say.</param>
/// <param name="Topics">What it subscribes to: places in the question's topics, ascending.</param>
/// <param name="Current">What it is to read so far, and keeps where that is fair.</param>
internal sealed record AssignmentMember(string? Rack, int[] Topics, PartitionSet Current);
