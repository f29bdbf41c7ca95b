using Microsoft.Extensions.Logging;
using Spate.Broker.Partitions;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Storage;

namespace Spate.Broker.Shares.GivenUp;

/// <summary>Reads records once more that a share group gives up, for those who want a copy of them.</summary>
internal static class GivenUpRecords
{
    private const int ReadBytes = 1 << 20;

    /// <summary>What one batch may decompress to, in bytes.</summary>
    private const int DecompressedBytesMax = 128 << 20;

    /// <summary>Those of the offsets that are still there and can be read.</summary>
    public static IReadOnlyDictionary<long, OwnedRecord> Read(Partition source, OffsetRange offsets, ILogger logger)
    {
        var found = new Dictionary<long, OwnedRecord>();
        for (var next = Math.Max(offsets.First, source.Log.LogStartOffset); next <= offsets.Last;)
        {
            if (source.Read(next, ReadBytes, readCommitted: false, atLeastOneBatch: true, out var read) != ErrorCode.None)
            {
                return found;
            }

            var before = next;
            try
            {
                next = Take(read, offsets, next, found);
            }
            catch (Exception failure) when (failure is InvalidRecordsException or IOException)
            {
                logger.NotCopied(source.Name, offsets.First, offsets.Last, failure);
                return found;
            }

            if (next == before)
            {
                return found;
            }
        }

        return found;
    }

    private static long Take(in LogReadResult read, OffsetRange offsets, long next, Dictionary<long, OwnedRecord> found)
    {
        using var records = read.Records;
        var bytes = new byte[records.Length];
        records.Read(0, bytes);
        foreach (var record in OwnedRecord.ReadAll(bytes, DecompressedBytesMax))
        {
            next = Math.Max(next, record.Offset + 1);
            if (record.Offset >= offsets.First && record.Offset <= offsets.Last && !record.IsControl)
            {
                found[record.Offset] = record;
            }
        }

        return next;
    }
}
