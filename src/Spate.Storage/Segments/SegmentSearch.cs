namespace Spate.Storage.Segments;

/// <summary>
/// Finds batches in a segment. The indexes say where to begin; what stands there decides. When an index points to something that cannot be
/// the batch it promised, the search begins again at the front of the segment.
/// </summary>
internal static class SegmentSearch
{
    /// <summary>The first batch that reaches to an offset or past it.</summary>
    /// <param name="segment">Where to look.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="end">Bytes of the segment that may be looked at.</param>
    public static FoundBatch? Find(LogSegment segment, long offset, int end)
    {
        var start = 0;
        if (segment.OffsetIndex.Floor(segment.Relative(offset)) is { } entry && entry.Position < end)
        {
            start = Math.Max(entry.Position, 0);
        }

        return FindFrom(segment, offset, start, end, out var misled) ?? (misled ? FindFrom(segment, offset, 0, end, out _) : null);
    }

    /// <summary>
    /// The first batch that reaches to an offset or past it and has a record that is not older than a timestamp, by what its header says.
    /// </summary>
    public static FoundBatch? FindByTimestamp(LogSegment segment, long timestamp, long fromOffset, int end)
    {
        // No record up to the offset of the entry is younger than its timestamp, though one may be as young.
        var start = 0;
        var known = segment.TimeIndex.Floor(timestamp - 1);
        if (known is { } time && segment.OffsetIndex.Floor(time.RelativeOffset) is { } entry && entry.Position < end)
        {
            start = Math.Max(entry.Position, 0);
        }

        return FindByTimestampFrom(segment, timestamp, fromOffset, start, end, out var misled)
            ?? (misled ? FindByTimestampFrom(segment, timestamp, fromOffset, 0, end, out _) : null);
    }

    /// <summary>The offset behind the last batch; the base offset when there is none.</summary>
    public static long ReadNextOffset(LogSegment segment)
    {
        var start = segment.OffsetIndex.ReadLast() is { } entry && entry.Position >= 0 && entry.Position < segment.Size ? entry.Position : 0;
        var next = NextOffsetFrom(segment, start, out var misled);
        return misled && start > 0 ? NextOffsetFrom(segment, 0, out _) : next;
    }

    /// <summary>The greatest timestamp by the index and by the batches that are too new for it.</summary>
    public static TimestampedOffset NewestAfterIndex(LogSegment segment)
    {
        var newest = segment.TimeIndex.ReadLast() is { } last
            ? new TimestampedOffset(last.Timestamp, segment.BaseOffset + last.RelativeOffset)
            : TimestampedOffset.None;
        using var lease = segment.LogFile.Lease();
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        var start = segment.OffsetIndex.ReadLast() is { } entry && entry.Position >= 0 && entry.Position < segment.Size ? entry.Position : 0;
        var cursor = new BatchCursor(lease.File, start, segment.Size, window);
        while (cursor.MoveNext())
        {
            if (cursor.Current.MaxTimestamp > newest.Timestamp)
            {
                newest = new TimestampedOffset(cursor.Current.MaxTimestamp, cursor.Current.LastOffset);
            }
        }

        return newest;
    }

    /// <summary>The greatest timestamp below another one among the batches that reach to an offset or past it; -1 when there is none.</summary>
    public static long FindNewestTimestamp(LogSegment segment, long fromOffset, long below)
    {
        var newest = -1L;
        var size = segment.Size;
        if (Find(segment, fromOffset, size) is not { } first)
        {
            return newest;
        }

        using var lease = segment.LogFile.Lease();
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        var cursor = new BatchCursor(lease.File, first.Position, size, window);
        while (cursor.MoveNext())
        {
            if (cursor.Current.MaxTimestamp < below)
            {
                newest = Math.Max(newest, cursor.Current.MaxTimestamp);
            }
        }

        return newest;
    }

    private static FoundBatch? FindFrom(LogSegment segment, long offset, int start, int end, out bool misled)
    {
        using var lease = segment.LogFile.Lease();
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        var cursor = new BatchCursor(lease.File, start, end, window);
        while (cursor.MoveNext())
        {
            if (cursor.Current.LastOffset >= offset)
            {
                // Behind the front of a segment, an entry led to a batch that begins at or before what is looked for.
                misled = start > 0 && cursor.Position == start && cursor.Current.BaseOffset > offset;
                return misled ? null : new FoundBatch((int)cursor.Position, cursor.Current);
            }
        }

        misled = start > 0 && cursor.Error != Protocol.Records.RecordError.None;
        return null;
    }

    private static FoundBatch? FindByTimestampFrom(
        LogSegment segment, long timestamp, long fromOffset, int start, int end, out bool misled)
    {
        using var lease = segment.LogFile.Lease();
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        var cursor = new BatchCursor(lease.File, start, end, window);
        while (cursor.MoveNext())
        {
            if (cursor.Current.MaxTimestamp >= timestamp && cursor.Current.LastOffset >= fromOffset)
            {
                misled = false;
                return new FoundBatch((int)cursor.Position, cursor.Current);
            }
        }

        misled = start > 0 && cursor.Error != Protocol.Records.RecordError.None;
        return null;
    }

    private static long NextOffsetFrom(LogSegment segment, int start, out bool misled)
    {
        using var lease = segment.LogFile.Lease();
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        var cursor = new BatchCursor(lease.File, start, segment.Size, window);
        var next = segment.BaseOffset;
        while (cursor.MoveNext())
        {
            next = cursor.Current.LastOffset + 1;
        }

        misled = cursor.Error != Protocol.Records.RecordError.None || next < segment.BaseOffset;
        return next;
    }
}
