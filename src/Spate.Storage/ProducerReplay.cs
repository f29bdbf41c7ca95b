using System.Buffers;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Producers;
using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>
/// Carries what batches say of their producers over to the log's producer state and to the index of aborted transactions: for an append, and
/// again when the log is read after a stop. Under the log's append lock.
/// </summary>
internal static class ProducerReplay
{
    // A marker's batch has one small record; a control batch beyond this bound is none of ours and is passed over.
    private const int MaximumControlBatchSize = 64 * 1024;

    /// <summary>Applies a batch of magic 2.</summary>
    /// <param name="producers">The state.</param>
    /// <param name="segment">The segment that holds the batch.</param>
    /// <param name="batch">The whole batch when it is a control batch; otherwise only the header is looked at.</param>
    /// <param name="header">Its header.</param>
    /// <param name="position">Where it starts in the segment.</param>
    /// <param name="time">Milliseconds since 1970 that count as the time of the append.</param>
    /// <param name="isIndexed">Whether the index of aborted transactions has been made for this batch already.</param>
    public static void Apply(
        ProducerStates producers,
        LogSegment segment,
        ReadOnlySpan<byte> batch,
        in RecordBatchHeader header,
        int position,
        long time,
        bool isIndexed)
    {
        if (header.HasProducerId && header.IsControl)
        {
            if (TryReadMarker(batch, header, out var marker)
                && producers.Apply(marker, time) is { IsAborted: true } aborted
                && !isIndexed)
            {
                segment.Aborted.Append(aborted.ToAborted());
            }
        }
        else if (header.HasProducerId)
        {
            producers.Apply(header, new LogPosition(header.BaseOffset, segment.BaseOffset, position), time);
        }

        producers.AdvanceTo(header.NextOffset);
    }

    /// <summary>Reads the marker of a control batch; false when the batch is control of another kind.</summary>
    public static bool TryReadMarker(ReadOnlySpan<byte> batch, in RecordBatchHeader header, out TransactionMarker marker)
    {
        marker = default;
        if (header.Codec != CompressionCodec.None || batch.Length < header.BatchSize)
        {
            return false;
        }

        var records = new RecordEnumerator(batch[RecordBatchHeader.Size..header.BatchSize], header.RecordCount);
        return records.MoveNext() && TransactionMarker.TryRead(header, records.Current, out marker);
    }

    /// <summary>Applies the batch that a cursor stands on, reading the whole of it only when it is a control batch.</summary>
    public static void Apply(ProducerStates producers, LogSegment segment, in BatchCursor cursor, bool isIndexed)
    {
        var batch = cursor.Current;
        if (batch.LastOffset < producers.EndOffset)
        {
            return;
        }

        if (batch.Magic != RecordBatchLayout.CurrentMagic)
        {
            producers.AdvanceTo(batch.LastOffset + 1);
            return;
        }

        if (!batch.IsControl || batch.Size > MaximumControlBatchSize)
        {
            Apply(producers, segment, default, batch.Header, (int)cursor.Position, batch.MaxTimestamp, isIndexed);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(batch.Size);
        var bytes = cursor.TryCopy(buffer) ? buffer.AsSpan(0, batch.Size) : default;
        Apply(producers, segment, bytes, batch.Header, (int)cursor.Position, batch.MaxTimestamp, isIndexed);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads the headers of the batches from where a state ends to an offset, and applies them.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Replay(ProducerStates producers, ReadOnlySpan<LogSegment> segments, long endOffset)
    {
        Span<byte> window = stackalloc byte[BatchCursor.SmallWindow];
        for (var index = 0; index < segments.Length && producers.EndOffset < endOffset; index++)
        {
            var segment = segments[index];
            if (index + 1 < segments.Length && segments[index + 1].BaseOffset <= producers.EndOffset)
            {
                continue;
            }

            if (SegmentSearch.Find(segment, producers.EndOffset, segment.Size) is not { } first)
            {
                continue;
            }

            using var lease = segment.LogFile.Lease();
            var cursor = new BatchCursor(lease.File, first.Position, segment.Size, window);
            while (cursor.MoveNext() && cursor.Current.BaseOffset < endOffset)
            {
                Apply(producers, segment, cursor, isIndexed: true);
            }
        }

        producers.AdvanceTo(endOffset);
    }
}
