using Spate.Storage.Segments;
using Spate.Storage.Transactions;

namespace Spate.Storage;

/// <summary>Finds what a reader asks for. Takes no lock that a writer waits for.</summary>
internal sealed class LogReader(LogState state)
{
    /// <summary>The last bound that had to be searched for: many readers wait for the same high watermark.</summary>
    private volatile LogPoint? _bound;

    public LogReadResult Read(long offset, int maxBytes, FetchBound bound, bool atLeastOneBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        var attempts = 0;
        while (true)
        {
            var result = Look(offset, bound);
            if (result.IsOutOfRange)
            {
                return result;
            }

            var end = state.End;
            var segments = state.Segments;
            try
            {
                return Read(result, segments, end, new ReadTarget(offset, maxBytes, bound, atLeastOneBatch));
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

    /// <summary>What is known without a search: the bounds, and whether an offset lies within them. There are no records in it.</summary>
    public LogReadResult Look(long offset, FetchBound bound)
    {
        state.ThrowIfUnusable();

        // The bounds first and the end last: whatever happens meanwhile, the end covers them.
        var result = new LogReadResult
        {
            Records = EmptyRecords.Instance,
            LogStartOffset = state.LogStartOffset,
            HighWatermark = state.HighWatermark,
            LastStableOffset = state.LastStableOffset,
            LogEndOffset = state.End.Offset,
            AbortedTransactions = bound == FetchBound.LastStable ? [] : null,
        };
        return offset < result.LogStartOffset || offset > result.LogEndOffset ? result with { IsOutOfRange = true } : result;
    }

    /// <summary>Where the batch begins that holds an offset or is the first behind it, within one segment.</summary>
    internal int PositionOf(LogSegment segment, long offset, int end)
    {
        if (state.FindRecent(offset) is { } recent && recent.Segment == segment)
        {
            return recent.Position;
        }

        if (_bound is { } known && known.Offset == offset && known.Segment == segment)
        {
            return known.Position;
        }

        var truncations = segment.Truncations;
        var position = SegmentSearch.Find(segment, offset, end)?.Position ?? end;
        if (position < end && truncations == segment.Truncations)
        {
            _bound = new LogPoint(offset, segment, position);
        }

        return position;
    }

    /// <summary>What was remembered of positions holds no longer: something was cut off.</summary>
    public void Forget() => _bound = null;

    private static long BoundOf(in LogReadResult result, FetchBound bound) => bound switch
    {
        FetchBound.LogEnd => result.LogEndOffset,
        FetchBound.HighWatermark => result.HighWatermark,
        _ => result.LastStableOffset,
    };

    private LogReadResult Read(in LogReadResult result, LogSegment[] segments, LogPoint end, in ReadTarget target)
    {
        var bound = Math.Min(BoundOf(result, target.Bound), end.Offset);
        for (var index = Math.Max(LogState.IndexOfFloor(segments, target.Offset), 0); index < segments.Length; index++)
        {
            var segment = segments[index];
            if (target.Offset >= bound || segment.BaseOffset >= bound)
            {
                return result;
            }

            var truncations = segment.Truncations;
            var size = segment == end.Segment ? end.Position : segment.Size;
            var limit = index + 1 < segments.Length && segments[index + 1].BaseOffset <= bound ? size : PositionOf(segment, bound, size);
            if (FindStart(segment, target.Offset, limit) is { } start && start < limit)
            {
                return ReadRegion(result, segments.AsSpan(index), truncations, start, limit, bound, target);
            }

            // Compaction may have left nothing of the offset in this segment: what follows is in the next.
        }

        return result;
    }

    private int? FindStart(LogSegment segment, long offset, int limit) =>
        state.FindRecent(offset) is { } recent && recent.Segment == segment && recent.Position < limit
            ? recent.Position
            : SegmentSearch.Find(segment, offset, limit)?.Position;

    private static LogReadResult ReadRegion(
        in LogReadResult result, ReadOnlySpan<LogSegment> segments, int truncations, int start, int limit, long bound, in ReadTarget target)
    {
        var segment = segments[0];
        var lease = segment.LogFile.Lease();
        try
        {
            var length = Math.Min(limit - start, target.MaxBytes);
            if (target.AtLeastOneBatch && length < limit - start)
            {
                Span<byte> header = stackalloc byte[StoredBatch.HeaderSize];
                var read = lease.File.Read(header, start);
                if (StoredBatch.TryRead(header[..read], limit - start, out var batch) == Protocol.Records.RecordError.None)
                {
                    length = Math.Max(length, batch.Size);
                }
            }

            var aborted = target.Bound == FetchBound.LastStable
                ? FindAborted(segments, target.Offset, UpperBound(segment, start + length, limit, bound))
                : null;
            return result with
            {
                Records = new SegmentRegion(segment, lease, truncations, start, length),
                ContinuesElsewhere = segments.Length > 1 && segments[1].BaseOffset < bound,
                AbortedTransactions = aborted,
            };
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>An offset that no record of the region reaches: by the index, so that a long log does not name all its aborted transactions.</summary>
    private static long UpperBound(LogSegment segment, int end, int limit, long bound)
    {
        if (end >= limit || segment.OffsetIndex.CeilingBy(static entry => entry.Position, end) is not { } entry)
        {
            return bound;
        }

        return Math.Min(bound, segment.BaseOffset + entry.RelativeOffset + 1);
    }

    private static List<AbortedTransaction> FindAborted(ReadOnlySpan<LogSegment> segments, long from, long to)
    {
        List<AbortedTransaction> found = [];
        foreach (var segment in segments)
        {
            if (segment.Aborted.Search(from, to, found))
            {
                break;
            }
        }

        return found;
    }

    private readonly record struct ReadTarget(long Offset, int MaxBytes, FetchBound Bound, bool AtLeastOneBatch);
}
