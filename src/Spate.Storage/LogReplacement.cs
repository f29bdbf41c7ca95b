using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>Puts segments that the cleaner made in the place of those it made them from, so that a stop at any moment leaves the one or the other.</summary>
internal sealed class LogReplacement(LogState state, LogReader reader, LogDeletions deletions)
{
    /// <summary>Puts segments that are complete and durable in the place of those they were made from.</summary>
    /// <param name="replacements">Segments whose files are called <c>.cleaned</c>, in rising order; at least one.</param>
    /// <param name="replaced">Neighbours in the log, without the active one.</param>
    /// <param name="truncations"><see cref="LogState.Truncations"/> before the replaced segments were read.</param>
    /// <returns>
    /// False when the log no longer has those segments, or not all of what was in them; the replacements are deleted then.
    /// </returns>
    public bool Replace(IReadOnlyList<LogSegment> replacements, IReadOnlyList<LogSegment> replaced, int truncations)
    {
        try
        {
            foreach (var segment in replacements)
            {
                segment.WriteIndexes(complete: true);
                segment.FlushLog();
                segment.FlushIndexes();
                segment.StopWriting();
            }

            state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
            lock (state.Appending)
            {
                state.ThrowIfUnchangeable();
                return ReplaceUnderLock(replacements, replaced, truncations);
            }
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw state.Fail("replacing segments", failure);
        }
    }

    private bool ReplaceUnderLock(IReadOnlyList<LogSegment> replacements, IReadOnlyList<LogSegment> replaced, int truncations)
    {
        var segments = state.Segments;
        var first = Array.IndexOf(segments, replaced[0]);
        if (truncations != state.Truncations
            || first < 0
            || first + replaced.Count >= segments.Length
            || !segments.AsSpan(first, replaced.Count).SequenceEqual(replaced.ToArray()))
        {
            foreach (var segment in replacements)
            {
                segment.Delete();
            }

            return false;
        }

        // From the last to the first: the last .cleaned to go is the one with the lowest offset, and decides for all of them.
        for (var index = replacements.Count - 1; index >= 0; index--)
        {
            replacements[index].ChangeState(SegmentFileNames.Swap);
        }

        state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        state.Segments = [.. segments[..first], .. replacements, .. segments[(first + replaced.Count)..]];
        reader.Forget();
        deletions.Add(replaced, DeletionReason.Replacement);
        foreach (var segment in replacements)
        {
            segment.ChangeState(string.Empty);
        }

        state.Directory.FileSystem.FlushDirectory(state.Directory.Path);
        state.Snapshots.RetainFor(state.Segments.Select(static segment => segment.BaseOffset).ToHashSet());
        return true;
    }
}
