using Spate.Protocol.Records;
using Spate.Storage.Indexes;
using Spate.Storage.Producers;

namespace Spate.Storage.Segments;

/// <summary>
/// Reads a segment from front to back to find out what of it is sound, and makes its indexes anew on the way. Of batches that are known to
/// be on the disk only the headers are read.
/// </summary>
internal sealed class SegmentRecovery(int indexIntervalBytes, long trustedOffset)
{
    private const int Window = 64 * 1024;

    private readonly byte[] _window = new byte[Window];

    /// <summary>Told of every sound batch of magic 2: its leader epoch and its base offset.</summary>
    public Action<int, long>? OnEpoch { get; init; }

    /// <summary>Where batches are applied to, and by which the index of aborted transactions is made: the state at the segment's start.</summary>
    public required ProducerStates Producers { get; init; }

    /// <summary>Why the last segment ended before its file did; <see cref="RecordError.None"/> when it did not.</summary>
    public RecordError Fault { get; private set; }

    /// <summary>Where the sound part of the last segment ends.</summary>
    public int SoundBytes { get; private set; }

    /// <summary>Walks a segment. Nothing is cut off: <see cref="Fault"/> and <see cref="SoundBytes"/> say what should be.</summary>
    /// <param name="segment">The segment, whose indexes are made anew.</param>
    /// <param name="expectedOffset">No batch may begin before this.</param>
    /// <returns>The offset behind the last sound batch, or the expected one when there is none.</returns>
    public long Run(LogSegment segment, long expectedOffset)
    {
        segment.Forget();
        Fault = RecordError.None;
        using var lease = segment.LogFile.Lease();

        // Trusted batches are stepped over: reading ahead would only read what is not looked at.
        var next = expectedOffset;
        var cursor = new BatchCursor(lease.File, 0, segment.Size, _window.AsSpan(0, BatchCursor.SmallWindow));
        var end = 0L;
        while (cursor.MoveNext() && cursor.Current.LastOffset < trustedOffset && IsInOrder(segment, cursor.Current, next))
        {
            next = Note(segment, cursor);
            end = cursor.Next;
        }

        cursor = new BatchCursor(lease.File, end, segment.Size, _window);
        while (cursor.MoveNext())
        {
            if (!IsInOrder(segment, cursor.Current, next))
            {
                Fault = RecordError.InvalidOffset;
            }
            else if (cursor.Current.LastOffset >= trustedOffset && !cursor.IsSound())
            {
                Fault = RecordError.CrcMismatch;
            }

            if (Fault != RecordError.None)
            {
                break;
            }

            next = Note(segment, cursor);
            end = cursor.Next;
        }

        Fault = Fault == RecordError.None ? cursor.Error : Fault;
        SoundBytes = (int)end;
        return next;
    }

    /// <summary>What is wrong with a segment's indexes, in a few words, as far as a look at their first and last entries can tell; or null.</summary>
    public static string? FindIndexFault(LogSegment segment, in SegmentLengths lengths) =>
        FaultOf(segment.OffsetIndex, lengths.OffsetIndex, "offset")
        ?? FaultOf(segment.TimeIndex, lengths.TimeIndex, "time")
        ?? (segment.OffsetIndex.ReadLast() is { } last && last.Position >= segment.Size
            ? "the offset index points behind the end of the records"
            : segment.Aborted.FindFault());

    private static string? FaultOf<TEntry>(EntryIndex<TEntry> index, long length, string name)
        where TEntry : struct, IIndexEntry<TEntry>
    {
        if (length % TEntry.Size != 0)
        {
            return $"the {name} index has {length} bytes, which is not a whole number of entries";
        }

        return index.ReadFirst() is { } first
            && index.ReadLast() is { } last
            && (first.Key < 0 || first.RelativeOffset < 0 || (index.Count > 1 && !last.Follows(first)))
            ? $"the entries of the {name} index do not rise"
            : null;
    }

    private static bool IsInOrder(LogSegment segment, in StoredBatch batch, long next) =>
        batch.BaseOffset >= next && batch.BaseOffset >= segment.BaseOffset && batch.LastOffset - segment.BaseOffset <= int.MaxValue;

    private long Note(LogSegment segment, in BatchCursor cursor)
    {
        var batch = cursor.Current;
        segment.Note(batch, (int)cursor.Position, indexIntervalBytes);
        if (batch.LeaderEpoch >= 0)
        {
            OnEpoch?.Invoke(batch.LeaderEpoch, batch.BaseOffset);
        }

        ProducerReplay.Apply(Producers, segment, cursor, isIndexed: false);
        return batch.LastOffset + 1;
    }
}
