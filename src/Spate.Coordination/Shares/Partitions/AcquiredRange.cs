namespace Spate.Coordination.Shares.Partitions;

/// <summary>Records that a member has been given.</summary>
/// <param name="First">The first offset.</param>
/// <param name="Last">The last offset.</param>
/// <param name="DeliveryCount">How many times they have been delivered, this time included.</param>
public readonly record struct AcquiredRange(long First, long Last, short DeliveryCount);
