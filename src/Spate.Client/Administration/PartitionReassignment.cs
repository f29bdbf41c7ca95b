namespace Spate.Client.Administration;

/// <summary>A partition that is moving to other brokers (KIP-455).</summary>
/// <param name="Replicas">The brokers that have it now, those that come and go among them.</param>
/// <param name="AddingReplicas">Those that come.</param>
/// <param name="RemovingReplicas">Those that go.</param>
public sealed record PartitionReassignment(IReadOnlyList<int> Replicas, IReadOnlyList<int> AddingReplicas, IReadOnlyList<int> RemovingReplicas);
