namespace Spate.Coordination.Groups.Streams;

/// <summary>One member of a streams group, at one moment. Immutable: the group puts another in its place.</summary>
internal sealed record StreamsMember(string Id, StreamsMemberMetadata Metadata, CurrentTasks Current);
