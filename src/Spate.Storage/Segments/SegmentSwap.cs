using Microsoft.Extensions.Logging;

namespace Spate.Storage.Segments;

/// <summary>
/// Brings a directory back to whole segments when it was left in the middle of something: deletes what was being deleted and what was not
/// finished, and finishes the replacement of segments that was decided.
/// </summary>
/// <remarks>
/// A replacement is decided when none of its files is called <c>.cleaned</c> any more: they are renamed to <c>.swap</c> from the last segment
/// to the first, so that as long as one is left, everything with its offset or a greater one is unfinished.
/// </remarks>
internal sealed class SegmentSwap(SegmentDirectory directory, ILogger logger)
{
    private bool _hasChanged;

    /// <returns>The names of the files that are left.</returns>
    public IReadOnlyList<string> Finish()
    {
        var names = Names();
        DeleteLeftovers(names);
        FinishSwaps(names.Where(name => IsInState(name, SegmentFileNames.Swap)).ToArray(), names);
        if (!_hasChanged)
        {
            return names;
        }

        directory.FileSystem.FlushDirectory(directory.Path);
        return Names();
    }

    private static bool IsInState(string name, string state) =>
        SegmentFileNames.TryParse(name, out _, out _, out var found) && string.Equals(found, state, StringComparison.Ordinal);

    private static long OffsetOf(string name) => SegmentFileNames.TryParse(name, out var offset, out _, out _) ? offset : -1;

    private List<string> Names() => [.. directory.FileSystem.ListFiles(directory.Path).Select(path => Path.GetFileName(path)!)];

    private void DeleteLeftovers(List<string> names)
    {
        var cleaned = names.Where(name => IsInState(name, SegmentFileNames.Cleaned)).ToArray();
        var unfinishedFrom = cleaned.Length == 0 ? long.MaxValue : cleaned.Min(OffsetOf);
        foreach (var name in names.ToArray())
        {
            var isLeftover = name.EndsWith(SegmentFileNames.Deleted, StringComparison.Ordinal)
                || name.EndsWith(SegmentFileNames.Temporary, StringComparison.Ordinal)
                || IsInState(name, SegmentFileNames.Cleaned)
                || (IsInState(name, SegmentFileNames.Swap) && OffsetOf(name) >= unfinishedFrom);
            if (isLeftover)
            {
                Delete(name);
                names.Remove(name);
            }
        }
    }

    private void FinishSwaps(string[] swaps, List<string> names)
    {
        var logs = swaps
            .Where(name => name.EndsWith(SegmentFileNames.Log + SegmentFileNames.Swap, StringComparison.Ordinal))
            .Select(OffsetOf)
            .ToArray();
        if (logs.Length > 0)
        {
            var from = logs.Min();
            var to = logs.Max(NextOffsetOfSwap);
            foreach (var name in names)
            {
                // What the new segments were made from: the one with the same base offset too, though it be behind an empty replacement.
                if (SegmentFileNames.TryParse(name, out var offset, out var kind, out var state)
                    && state.Length == 0
                    && kind != SegmentFileNames.ProducerSnapshot
                    && ((offset >= from && offset < to) || logs.Contains(offset)))
                {
                    Delete(name);
                }
            }
        }

        foreach (var swap in swaps)
        {
            directory.FileSystem.MoveFile(directory.PathOf(swap), directory.PathOf(swap[..^SegmentFileNames.Swap.Length]));
            LogMessages.SwapFinished(logger, directory.Path, swap);
            _hasChanged = true;
        }
    }

    private long NextOffsetOfSwap(long baseOffset)
    {
        var path = directory.PathOf(baseOffset, SegmentFileNames.Log + SegmentFileNames.Swap);
        var lengths = new SegmentLengths(checked((int)directory.FileSystem.FileLength(path)), 0, 0);
        var segment = LogSegment.Open(directory, baseOffset, lengths, createdAt: 0, SegmentFileNames.Swap);
        try
        {
            return SegmentSearch.ReadNextOffset(segment);
        }
        finally
        {
            segment.Close();
        }
    }

    private void Delete(string name)
    {
        directory.FileSystem.DeleteFile(directory.PathOf(name));
        LogMessages.LeftoverDeleted(logger, name);
        _hasChanged = true;
    }
}
