using Spate.Storage.Directories;
using Spate.Storage.Segments;

namespace Spate.Storage.Compaction;

/// <summary>A log with something to clean, as it was at one moment. Immutable.</summary>
internal sealed class CleanableLog
{
    private CleanableLog(HostedLog hosted, LogSegment[] segments, LogConfig config, int truncations)
    {
        Hosted = hosted;
        Segments = segments;
        Config = config;
        Truncations = truncations;
        Directory = hosted.Log.Directory;
    }

    public HostedLog Hosted { get; }

    public PartitionLog Log => Hosted.Log;

    public LogConfig Config { get; }

    /// <summary>All segments.</summary>
    public LogSegment[] Segments { get; }

    /// <summary><see cref="PartitionLog.Truncations"/> before anything was looked at.</summary>
    public int Truncations { get; }

    public string Directory { get; }

    /// <summary>Everything before this offset has been cleaned.</summary>
    public required long FirstDirtyOffset { get; init; }

    /// <summary>The index of the first segment that must be left alone.</summary>
    public required int UncleanableIndex { get; init; }

    /// <summary>Where that begins.</summary>
    public long FirstUncleanableOffset => Segments[UncleanableIndex].BaseOffset;

    /// <summary>The index of the segment with the first dirty offset.</summary>
    public int FirstDirtyIndex => Math.Max(LogState.IndexOfFloor(Segments, FirstDirtyOffset), 0);

    /// <summary>Bytes of the segments that have been cleaned.</summary>
    public required long CleanBytes { get; init; }

    /// <summary>Bytes of the segments that can be cleaned and have not been yet.</summary>
    public required long DirtyBytes { get; init; }

    /// <summary>Whether <c>max.compaction.lag.ms</c> is over for some record.</summary>
    public required bool IsOverdue { get; init; }

    public double DirtyRatio => CleanBytes + DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);

    /// <summary>Whether it is worth a cleaning.</summary>
    public bool IsDue => DirtyBytes > 0 && (IsOverdue || DirtyRatio >= Config.MinCleanableDirtyRatio);

    /// <summary>Whether the log still is what was looked at: open, in the same place, and not cut at its end.</summary>
    public bool IsCurrent => !Log.IsClosed && !Log.IsFailed && Log.Truncations == Truncations && Log.Directory == Directory;

    /// <summary>Looks at a log; null when it has lost segments while it was looked at.</summary>
    /// <param name="hosted">The log.</param>
    /// <param name="firstDirtyOffset">What the cleaner's checkpoint says, within the log.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static CleanableLog? Of(HostedLog hosted, long firstDirtyOffset, long now)
    {
        var truncations = hosted.Log.Truncations;
        var stable = hosted.Log.LastStableOffset;
        LogSegment[] segments = [.. hosted.Log.Segments];
        try
        {
            return Of(hosted, segments, truncations, stable, firstDirtyOffset, now);
        }
        catch (Exception gone) when (gone is FileNotFoundException or ObjectDisposedException
            && (hosted.Log.IsClosed || Array.Exists(segments, static segment => segment.IsDeleted)))
        {
            return null;
        }
    }

    private static CleanableLog Of(
        HostedLog hosted, LogSegment[] segments, int truncations, long stable, long firstDirtyOffset, long now)
    {
        var config = hosted.Log.Config;
        var firstDirty = Math.Max(LogState.IndexOfFloor(segments, firstDirtyOffset), 0);

        // The active segment is left alone, and were it empty, the one before it: the last record is what a follower reaches the log's end by.
        var active = segments.Length - 1;
        while (active > 0 && segments[active].Size == 0)
        {
            active--;
        }

        var bound = Math.Min(active, Math.Max(LogState.IndexOfFloor(segments, stable), 0));
        var uncleanable = Math.Min(firstDirty, bound);
        while (uncleanable < bound && (config.MinCompactionLagMs <= 0 || TimeOf(segments[uncleanable]) <= now - config.MinCompactionLagMs))
        {
            uncleanable++;
        }

        return new CleanableLog(hosted, segments, config, truncations)
        {
            FirstDirtyOffset = firstDirtyOffset,
            UncleanableIndex = uncleanable,
            CleanBytes = SizeOf(segments.AsSpan(0, Math.Min(firstDirty, uncleanable))),
            DirtyBytes = firstDirtyOffset < segments[uncleanable].BaseOffset ? SizeOf(segments.AsSpan()[firstDirty..uncleanable]) : 0,
            IsOverdue = IsOlder(segments.AsSpan()[Math.Min(firstDirty, active)..active], now - Math.Max(config.MaxCompactionLagMs, 0)),
        };
    }

    private static long TimeOf(LogSegment segment) =>
        segment.Newest.Timestamp >= 0 ? segment.Newest.Timestamp : segment.LastWriteTimeMs();

    private static bool IsOlder(ReadOnlySpan<LogSegment> segments, long time)
    {
        foreach (var segment in segments)
        {
            if (time > 0 && segment.FirstTimestamp() is > 0 and var first && first < time)
            {
                return true;
            }
        }

        return false;
    }

    private static long SizeOf(ReadOnlySpan<LogSegment> segments)
    {
        var size = 0L;
        foreach (var segment in segments)
        {
            size += segment.Size;
        }

        return size;
    }
}
