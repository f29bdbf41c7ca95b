namespace Spate.Coordination.Shares.Partitions;

/// <summary>What is written down of a stretch of records.</summary>
public readonly record struct StateBatch(long First, long Last, DeliveryState State, short DeliveryCount);
