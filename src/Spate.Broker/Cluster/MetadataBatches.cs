using Spate.Metadata.Images;
using Spate.Metadata.Log;
using Spate.Protocol.Records;

namespace Spate.Broker.Cluster;

/// <summary>Reads batches of decisions, in a log or in a snapshot. Stateless.</summary>
internal static class MetadataBatches
{
    /// <summary>What one batch may decompress to, in bytes. Spate does not compress; a directory of another writer may.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>One whole batch. What a log writes for itself, such as who leads it, is left out of the values.</summary>
    /// <exception cref="InvalidDataException">It is none; the message says why, in a clause.</exception>
    public static MetadataBatch Read(ReadOnlySpan<byte> batch)
    {
        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None)
        {
            throw new InvalidDataException($"the batch is unsound ({error})");
        }

        var values = new List<ReadOnlyMemory<byte>>(header.IsControl ? 0 : header.RecordCount);
        if (!header.IsControl)
        {
            foreach (var record in ReadRecords(batch))
            {
                values.Add(record.Value ?? throw new InvalidDataException($"the record at offset {record.Offset} has no value"));
            }
        }

        return new MetadataBatch(header.BaseOffset, new MetadataPosition(header.NextOffset, header.PartitionLeaderEpoch), header.MaxTimestamp, batch.Length, values);
    }

    private static IReadOnlyList<OwnedRecord> ReadRecords(ReadOnlySpan<byte> batch)
    {
        try
        {
            return OwnedRecord.ReadAll(batch, DecompressedBytesMax);
        }
        catch (InvalidRecordsException failure)
        {
            throw new InvalidDataException($"the batch is unsound ({failure.Message})", failure);
        }
    }
}
