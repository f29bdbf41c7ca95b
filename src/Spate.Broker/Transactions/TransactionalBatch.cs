using System.Buffers.Binary;
using Spate.Protocol.Records;

namespace Spate.Broker.Transactions;

/// <summary>Tells batches of transactions from others, at the price of two bytes.</summary>
internal static class TransactionalBatch
{
    public static bool IsOne(ReadOnlySpan<byte> records) =>
        records.Length >= RecordBatchLayout.Records
        && records[RecordBatchLayout.Magic] == RecordBatchLayout.CurrentMagic
        && new RecordBatchAttributes(BinaryPrimitives.ReadInt16BigEndian(records[RecordBatchLayout.Attributes..])).IsTransactional;

    /// <summary>Reads the header, which has not been validated; false when the batch is of no transaction.</summary>
    public static bool TryRead(ReadOnlySpan<byte> records, out RecordBatchHeader header)
    {
        header = default;
        return IsOne(records) && RecordBatchHeader.TryRead(records, out header);
    }
}
