namespace Spate.Coordination.Shares.Partitions;

/// <summary>Records that are given up, for a topic of dead letters if the group has one.</summary>
public readonly record struct DeadLetters(OffsetRange Offsets, DeadLetterReason Reason, short DeliveryCount);
