namespace Spate.Client.Consuming;

/// <summary>How far a group has got in a partition.</summary>
/// <param name="Offset">The offset of the next record to be read: one more than that of the last record that is done with.</param>
/// <param name="Metadata">A text of the committer's own; empty for none. Kafka: <c>offset.metadata.max.bytes</c> bounds it.</param>
/// <param name="LeaderEpoch">The epoch of the leader that appended the last record that is done with; -1 when that is not known.</param>
public readonly record struct CommittedOffset(long Offset, string Metadata = "", int LeaderEpoch = -1);
