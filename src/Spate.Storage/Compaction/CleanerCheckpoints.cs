using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Directories;

namespace Spate.Storage.Compaction;

/// <summary>
/// Up to where each log has been cleaned: the <c>cleaner-offset-checkpoint</c> of each root, kept in memory and written whole with every change.
/// A line that is lost costs nothing but work. Safe for use by several threads at once.
/// </summary>
internal sealed class CleanerCheckpoints(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LogDirectory, Dictionary<TopicPartition, long>> _offsets = [];

    /// <summary>The offset of a log, brought back into its bounds when it lies outside them.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public long FirstDirtyOffset(HostedLog hosted)
    {
        lock (_gate)
        {
            // The start first: it never passes an end that is read later.
            var start = hosted.Log.LogStartOffset;
            var end = hosted.Log.LogEndOffset;
            if (!Of(hosted.Directory).TryGetValue(hosted.Partition, out var offset))
            {
                return start;
            }

            if (offset >= start && offset <= end)
            {
                return offset;
            }

            // Where retention goes on as well, a start that overtakes the cleaner is no news.
            if (offset > end || !hosted.Log.Config.DeletesOldSegments)
            {
                CleanerMessages.CheckpointReset(logger, hosted.Partition, offset, start, end);
            }

            Write(hosted, start);
            return start;
        }
    }

    /// <summary>Notes that a log is clean up to an offset, unless it has changed meanwhile.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Advance(CleanableLog target, long offset)
    {
        lock (_gate)
        {
            if (target.IsCurrent)
            {
                Write(target.Hosted, offset);
            }
        }
    }

    /// <summary>Notes that a log has been cut: what comes behind the cut has not been cleaned.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Truncate(HostedLog hosted, long offset)
    {
        lock (_gate)
        {
            if (Of(hosted.Directory).TryGetValue(hosted.Partition, out var known) && known > offset)
            {
                Write(hosted, offset);
            }
        }
    }

    /// <summary>Notes that what a root says of partitions is of no logs that are there, or soon will be.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Forget(IEnumerable<TopicPartition> partitions, LogDirectory directory)
    {
        lock (_gate)
        {
            var offsets = Of(directory);
            var knew = false;
            foreach (var partition in partitions)
            {
                knew |= offsets.Remove(partition);
            }

            if (knew)
            {
                directory.CleanerOffsets.Write(offsets);
            }
        }
    }

    /// <summary>Takes the offset of a log over for the one that has taken its place in another root.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Copy(HostedLog from, HostedLog to)
    {
        lock (_gate)
        {
            if (from.Directory.IsOnline && Of(from.Directory).TryGetValue(from.Partition, out var offset))
            {
                Write(to, offset);
            }
        }
    }

    private void Write(HostedLog hosted, long offset)
    {
        var offsets = Of(hosted.Directory);
        offsets[hosted.Partition] = offset;
        hosted.Directory.CleanerOffsets.Write(offsets);
    }

    private Dictionary<TopicPartition, long> Of(LogDirectory directory)
    {
        if (!_offsets.TryGetValue(directory, out var offsets))
        {
            var read = directory.CleanerOffsets.Read();
            if (read.Fault is { } fault)
            {
                CleanerMessages.CheckpointCorrupt(logger, fault);
            }

            offsets = read.Content.ToDictionary();
            _offsets.Add(directory, offsets);
        }

        return offsets;
    }
}
