using System.Buffers.Binary;
using Spate.Protocol.Records;

namespace Spate.Storage.Producers;

/// <summary>A control record that ends a transaction in one partition.</summary>
/// <param name="ProducerId">Whose transaction it ends.</param>
/// <param name="ProducerEpoch">The producer's epoch; with transactions of version 2 (KIP-890) one more than that of its records.</param>
/// <param name="CoordinatorEpoch">The epoch of the transaction coordinator that writes it.</param>
/// <param name="IsAbort">True when the transaction is aborted, false when it is committed.</param>
/// <param name="Offset">The marker's offset; of no account in a check.</param>
/// <param name="Timestamp">The marker's timestamp in milliseconds since the Unix epoch.</param>
public readonly record struct TransactionMarker(
    long ProducerId, short ProducerEpoch, int CoordinatorEpoch, bool IsAbort, long Offset, long Timestamp)
{
    private const short AbortType = 0;
    private const short CommitType = 1;

    /// <summary>
    /// Reads the marker from the one record of a control batch. False when the record is control of another kind, or too short to be one.
    /// Later versions are read as well: they only add behind what is known.
    /// </summary>
    public static bool TryRead(in RecordBatchHeader batch, in Record record, out TransactionMarker marker)
    {
        marker = default;
        var key = record.Key.Span;
        var value = record.Value.Span;
        if (key.Length < 4 || value.Length < 6)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        if (BinaryPrimitives.ReadInt16BigEndian(key) < 0
            || BinaryPrimitives.ReadInt16BigEndian(value) < 0
            || type is not (AbortType or CommitType))
        {
            return false;
        }

        marker = new TransactionMarker(
            batch.ProducerId,
            batch.ProducerEpoch,
            BinaryPrimitives.ReadInt32BigEndian(value[2..]),
            type == AbortType,
            batch.BaseOffset + record.OffsetDelta,
            batch.TimestampOf(record.TimestampDelta));
        return true;
    }
}
