using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>Finds out where a fetched stretch of a log ends, without looking into the records.</summary>
internal static class FetchedBatches
{
    /// <summary>The offset after the last whole batch, and that batch's epoch; <paramref name="offset"/> when there is none.</summary>
    public static long NextOffset(ReadOnlySpan<byte> bytes, long offset, out int epoch)
    {
        epoch = -1;
        var entries = new RecordBatchEnumerator(bytes);
        while (entries.MoveNext())
        {
            var isBatch = RecordBatchHeader.TryRead(entries.Current, out var header);
            offset = isBatch ? header.NextOffset : entries.Offset + 1;
            epoch = isBatch ? header.PartitionLeaderEpoch : -1;
        }

        return offset;
    }
}
