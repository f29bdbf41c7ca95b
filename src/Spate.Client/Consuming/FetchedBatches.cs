using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>Finds out where a fetched stretch of a log ends, without looking into the records.</summary>
internal static class FetchedBatches
{
    /// <summary>The offset after the last whole batch; <paramref name="offset"/> when there is none.</summary>
    public static long NextOffset(ReadOnlySpan<byte> bytes, long offset)
    {
        var entries = new RecordBatchEnumerator(bytes);
        while (entries.MoveNext())
        {
            offset = RecordBatchHeader.TryRead(entries.Current, out var header) ? header.NextOffset : entries.Offset + 1;
        }

        return offset;
    }
}
