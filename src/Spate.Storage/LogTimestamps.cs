using System.Buffers;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>Finds records by their timestamps (ListOffsets). The indexes lead to the batch; the record is found by reading that one batch.</summary>
internal sealed class LogTimestamps(LogState state)
{
    // No batch in a log decompresses to more than its validator let in; what a foreign broker left there is bounded all the same.
    private const int MaximumRecordBytes = 1 << 29;

    /// <summary>The first record that is not older than a timestamp; null when all are older.</summary>
    public TimestampLookup? Find(long timestamp) =>
        Read((segments, end) => Search(segments, end, Math.Max(timestamp, 0), state.LogStartOffset));

    /// <summary>The first record that has the greatest timestamp of the log (KIP-734); null when no record has one.</summary>
    public TimestampLookup? FindNewest()
    {
        // As a rule the first round finds it. When records before the log's start were the only ones of their batch with that timestamp, the
        // next best timestamp is looked for.
        var below = long.MaxValue;
        while (Read((segments, _) => FindNewestTimestamp(segments, below)) is >= 0 and var newest)
        {
            if (Find(newest) is { } record)
            {
                return record;
            }

            below = newest;
        }

        return null;
    }

    /// <summary>Where segments begin that were last written at or before a time, and the end when it is not later; the newest first.</summary>
    public List<long> FindOffsetsBefore(long timestamp, int countMax) => Read((segments, end) =>
    {
        var offsets = new List<long>();
        var start = state.LogStartOffset;
        if (countMax > 0 && end.Position > 0 && state.NowMs <= timestamp)
        {
            offsets.Add(end.Offset);
        }

        for (var index = Array.IndexOf(segments, end.Segment); index >= 0 && offsets.Count < countMax; index--)
        {
            // A segment that lies wholly before the log's start has nothing that could be read.
            var isGone = segments[index] != end.Segment && segments[index + 1].BaseOffset <= start;
            if (!isGone && (offsets.Count > 0 || segments[index].LastWriteTimeMs() <= timestamp))
            {
                offsets.Add(Math.Max(segments[index].BaseOffset, start));
            }
        }

        return offsets;
    });

    private T Read<T>(Func<LogSegment[], LogPoint, T> read)
    {
        state.ThrowIfUnusable();
        var attempts = 0;
        while (true)
        {
            var end = state.End;
            var segments = state.Segments;
            try
            {
                return read(segments, end);
            }
            catch (Exception gone) when (LogState.IsGone(gone))
            {
                state.ThrowIfUnusable();
                if (!state.MayTryAgain(segments, ref attempts))
                {
                    throw state.Fail("reading", gone);
                }
            }
            catch (Exception failure) when (LogState.IsDiskFailure(failure))
            {
                throw state.Fail("reading", failure);
            }
        }
    }

    private long FindNewestTimestamp(LogSegment[] segments, long below)
    {
        var newest = -1L;
        var start = state.LogStartOffset;
        foreach (var segment in segments)
        {
            var isWhole = segment.Newest.Offset >= start && segment.Newest.Timestamp < below;
            newest = Math.Max(newest, isWhole ? segment.Newest.Timestamp : SegmentSearch.FindNewestTimestamp(segment, start, below));
        }

        return newest;
    }

    private TimestampLookup? Search(LogSegment[] segments, LogPoint end, long timestamp, long start)
    {
        foreach (var segment in segments)
        {
            var size = segment == end.Segment ? end.Position : segment.Size;
            var from = start;
            while (segment.Newest.Timestamp >= timestamp && SegmentSearch.FindByTimestamp(segment, timestamp, from, size) is { } found)
            {
                if (FindRecord(segment, found, timestamp, start) is { } record)
                {
                    return record;
                }

                // What made the batch young enough lies before the log's start, or has been compacted away.
                from = found.Batch.LastOffset + 1;
            }

            if (segment == end.Segment)
            {
                break;
            }
        }

        return null;
    }

    private TimestampLookup? FindRecord(LogSegment segment, FoundBatch found, long timestamp, long start)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(found.Batch.Size);
        try
        {
            using var lease = segment.LogFile.Lease();
            var batch = bytes.AsSpan(0, found.Batch.Size);
            if (lease.File.Read(batch, found.Position) < batch.Length)
            {
                return null; // Truncated since it was found.
            }

            return found.Batch.Magic == RecordBatchLayout.CurrentMagic
                ? FindInBatch(batch, found.Batch.Header, timestamp, start)
                : FindInMessage(batch, timestamp, start);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private TimestampLookup? FindInBatch(ReadOnlySpan<byte> batch, in RecordBatchHeader header, long timestamp, long start)
    {
        using var scratch = new PooledBuffer();
        if (RecordBatch.Open(batch, header, MaximumRecordBytes, scratch, out var bytes) != RecordError.None)
        {
            // What the header promises cannot be read: whoever reads from here finds the damage where it is.
            return Found(header.MaxTimestamp, Math.Max(header.BaseOffset, start));
        }

        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext())
        {
            var time = header.TimestampOf(records.TimestampDelta);
            var offset = header.BaseOffset + records.OffsetDelta;
            if (time >= timestamp && offset >= start)
            {
                return Found(time, offset);
            }
        }

        return null;
    }

    private TimestampLookup? FindInMessage(ReadOnlySpan<byte> message, long timestamp, long start)
    {
        using var scratch = new PooledBuffer();
        var messages = new LegacyMessageEnumerator(message, MaximumRecordBytes, scratch);
        while (messages.MoveNext())
        {
            if (messages.Current.Timestamp >= timestamp && messages.Current.Offset >= start)
            {
                return Found(messages.Current.Timestamp, messages.Current.Offset);
            }
        }

        return null;
    }

    private TimestampLookup Found(long timestamp, long offset) => new(timestamp, offset, state.Epochs.EpochFor(offset));
}
