namespace Spate.Storage.Producers;

/// <summary>A transaction that keeps readers of committed records waiting: it has no marker yet, or one that is not replicated yet.</summary>
/// <param name="ProducerId">Whose it is.</param>
/// <param name="First">Where its first batch stands.</param>
/// <param name="LastOffset">The offset of its marker; -1 when it has none.</param>
internal readonly record struct PartitionTransaction(long ProducerId, LogPosition First, long LastOffset);
