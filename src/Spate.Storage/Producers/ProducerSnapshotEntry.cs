namespace Spate.Storage.Producers;

/// <summary>A producer id as a snapshot holds it, and as DescribeProducers (KIP-664) shows it.</summary>
/// <param name="ProducerId">The producer id, from 0.</param>
/// <param name="Epoch">Its newest epoch; -1 when there is none.</param>
/// <param name="LastSequence">The sequence of its last record; -1 when no batch of the epoch is in the log.</param>
/// <param name="LastOffset">The offset of its last record; -1 when no batch of the epoch is in the log.</param>
/// <param name="OffsetDelta">How far the last offset of its last batch lies behind the first.</param>
/// <param name="Timestamp">The timestamp of its last batch or marker in milliseconds since the Unix epoch, or -1.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that wrote its last marker, or -1.</param>
/// <param name="CurrentTransactionFirstOffset">Where its open transaction begins; -1 when there is none.</param>
public readonly record struct ProducerSnapshotEntry(
    long ProducerId,
    short Epoch,
    int LastSequence,
    long LastOffset,
    int OffsetDelta,
    long Timestamp,
    int CoordinatorEpoch,
    long CurrentTransactionFirstOffset);
