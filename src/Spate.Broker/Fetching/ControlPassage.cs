using Spate.Broker.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Storage;

namespace Spate.Broker.Fetching;

/// <summary>
/// Formats before magic 2 have no control batches, and a client of that time goes by the records that it gets: answered with nothing but the ends of
/// transactions, it would ask for the same offset for ever. So what holds nothing else is passed over before it is counted as an answer.
/// </summary>
internal static class ControlPassage
{
    /// <summary>Reads on while there is nothing but control batches.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="bytesMax">How much may be read.</param>
    /// <param name="atLeastOneBatch">Whether the first batch is wanted whole.</param>
    /// <param name="read">What was read; in its place what lies behind, which may be nothing yet.</param>
    public static ErrorCode Pass(Partition partition, int bytesMax, bool atLeastOneBatch, ref LogReadResult read)
    {
        while (NextBehind(read.Records) is { } next)
        {
            read.Records.Dispose();
            var error = partition.Read(next, bytesMax, readCommitted: false, atLeastOneBatch, out read);
            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        return ErrorCode.None;
    }

    /// <summary>The offset behind what was read, when all of it is control batches; otherwise null.</summary>
    private static long? NextBehind(IRecordSource records)
    {
        Span<byte> bytes = stackalloc byte[RecordBatchHeader.Size];
        long? next = null;
        for (var position = 0; position <= records.Length - RecordBatchHeader.Size;)
        {
            if (!TryRead(records, position, bytes)
                || bytes[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic
                || !RecordBatchHeader.TryRead(bytes, out var header)
                || !header.IsControl)
            {
                return null;
            }

            next = header.NextOffset;
            position += header.BatchSize;
        }

        return next;
    }

    /// <summary>False when the disk fails, or the records have been truncated since; whoever converts them finds out again, and says so.</summary>
    private static bool TryRead(IRecordSource records, int position, Span<byte> target)
    {
        try
        {
            return records.Read(position, target) == target.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
