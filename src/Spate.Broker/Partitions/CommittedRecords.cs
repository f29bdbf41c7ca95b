using Spate.Protocol.Records;
using Spate.Storage;

namespace Spate.Broker.Partitions;

/// <summary>All the records of a log that this broker wrote for itself: decisions, or the state of a coordinator.</summary>
internal static class CommittedRecords
{
    private const int ReadBytes = 1 << 20;

    /// <summary>What one batch of ours may decompress to, in bytes.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>Copies of the records from the start of the log to its end, read a piece at a time. Control records are left out.</summary>
    /// <exception cref="IOException">A record cannot be read. What follows it cannot be told either.</exception>
    public static IEnumerable<OwnedRecord> Read(PartitionLog log)
    {
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            var next = offset;
            foreach (var record in ReadSome(log, offset, ref next))
            {
                yield return record;
            }

            if (next == offset)
            {
                throw new IOException($"The log in '{log.Directory}' cannot be read from offset {offset} on.");
            }

            offset = next;
        }
    }

    private static List<OwnedRecord> ReadSome(PartitionLog log, long offset, ref long next)
    {
        using var source = log.Read(offset, ReadBytes, FetchBound.LogEnd, atLeastOneBatch: true).Records;
        var bytes = new byte[source.Length];
        source.Read(0, bytes);
        var batches = new RecordBatchEnumerator(bytes);
        while (batches.MoveNext())
        {
            if (RecordBatchHeader.TryRead(batches.Current, out var header))
            {
                next = header.NextOffset;
            }
        }

        try
        {
            var records = new List<OwnedRecord>();
            foreach (var record in OwnedRecord.ReadAll(bytes, DecompressedBytesMax))
            {
                if (record.Offset >= offset && !record.IsControl)
                {
                    records.Add(record);
                }
            }

            return records;
        }
        catch (InvalidRecordsException failure)
        {
            throw new IOException($"The log in '{log.Directory}' is corrupt behind offset {offset}: {failure.Message}", failure);
        }
    }
}
