namespace Spate.Coordination.Tests.Harness;

/// <summary>A member of a group as its client knows it.</summary>
internal sealed record TestMember(string Id, int Generation, bool IsLeader, string? InstanceId = null);
