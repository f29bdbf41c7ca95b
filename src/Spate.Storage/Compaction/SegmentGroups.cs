using Spate.Storage.Segments;

namespace Spate.Storage.Compaction;

/// <summary>Puts neighbouring segments together that fit into one, so that a log does not end up as thousands of nearly empty ones.</summary>
internal static class SegmentGroups
{
    /// <summary>The segments before an index, in groups: each begins where the one before ends.</summary>
    /// <param name="segments">All segments of a log.</param>
    /// <param name="end">The index of the first segment that is in no group; there is a segment at it.</param>
    /// <param name="config">The bounds of a segment.</param>
    public static List<Range> Of(LogSegment[] segments, int end, LogConfig config)
    {
        var groups = new List<Range>();
        for (var start = 0; start < end;)
        {
            var next = start;
            long size = 0, offsetEntries = 0, timeEntries = 0;
            do
            {
                size += segments[next].Size;
                offsetEntries += segments[next].OffsetIndex.Count;
                timeEntries += segments[next].TimeIndex.Count;
                next++;
            }
            while (next < end
                && size + segments[next].Size <= config.SegmentBytes
                && (offsetEntries + segments[next].OffsetIndex.Count) * Indexes.OffsetIndexEntry.Size <= config.SegmentIndexBytes
                && (timeEntries + segments[next].TimeIndex.Count) * Indexes.TimeIndexEntry.Size <= config.SegmentIndexBytes
                && segments[next + 1].BaseOffset - 1 - segments[start].BaseOffset <= int.MaxValue);
            groups.Add(start..next);
            start = next;
        }

        return groups;
    }
}
