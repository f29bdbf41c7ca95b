using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>Gets at the records of a batch of magic 2 whose header was read and checked with <see cref="RecordBatchHeader.Validate"/>.</summary>
public static class RecordBatch
{
    /// <summary>Gives the uncompressed bytes of the records, to be run through a <see cref="RecordEnumerator"/>.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="header">Its header.</param>
    /// <param name="maximumBytes">The most bytes that decompression may produce.</param>
    /// <param name="scratch">Takes the decompressed bytes; is left alone when there is nothing to decompress.</param>
    /// <param name="records">In the batch itself, or in <paramref name="scratch"/> and good until that is used again.</param>
    public static RecordError Open(
        ReadOnlySpan<byte> batch, in RecordBatchHeader header, int maximumBytes, PooledBuffer scratch, out ReadOnlySpan<byte> records)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        var body = batch[RecordBatchLayout.Records..header.BatchSize];
        if (header.Codec == CompressionCodec.None)
        {
            records = body;
            return RecordError.None;
        }

        // Kafka's own cleaner may leave a batch without records that still names the codec it had.
        if (header.RecordCount == 0 && body.IsEmpty)
        {
            records = default;
            return RecordError.None;
        }

        var error = Decompressor.Decompress(header.Codec, body, maximumBytes, scratch);
        records = scratch.Span;
        return ToRecordError(error);
    }

    /// <summary>Checks every record of a batch and sums up what they are. Allocates nothing; one pass at near the speed of memory.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="header">Its header.</param>
    /// <param name="maximumBytes">The most bytes that decompression may produce.</param>
    /// <param name="scratch">Takes the decompressed bytes; is left alone when there is nothing to decompress.</param>
    /// <param name="summary">What was found, when there is no error.</param>
    public static RecordError Inspect(
        ReadOnlySpan<byte> batch, in RecordBatchHeader header, int maximumBytes, PooledBuffer scratch, out RecordSummary summary)
    {
        summary = default;
        var error = Open(batch, header, maximumBytes, scratch, out var records);
        return error == RecordError.None ? Inspect(records, header.RecordCount, out summary) : error;
    }

    /// <summary>Checks uncompressed records and sums up what they are.</summary>
    /// <param name="records">The records, uncompressed.</param>
    /// <param name="count">How many there must be.</param>
    /// <param name="summary">What was found, when there is no error.</param>
    public static RecordError Inspect(ReadOnlySpan<byte> records, int count, out RecordSummary summary)
    {
        summary = default;
        if (count < 0 || count > records.Length / RecordBatchLayout.MinimumRecordSize)
        {
            return RecordError.InvalidRecordCount;
        }

        var position = 0;
        var isContiguous = true;
        var hasNullKey = false;
        var minimum = count == 0 ? 0 : long.MaxValue;
        var maximum = count == 0 ? 0 : long.MinValue;
        var offsetOfMaximum = -1;
        var lastOffset = -1;
        for (var index = 0; index < count; index++)
        {
            var error = RecordParser.Read(records, ref position, out var fields);
            if (error != RecordError.None)
            {
                return error;
            }

            lastOffset = fields.OffsetDelta;
            isContiguous &= lastOffset == index;
            hasNullKey |= fields.KeyLength < 0;
            minimum = Math.Min(minimum, fields.TimestampDelta);
            if (fields.TimestampDelta > maximum)
            {
                maximum = fields.TimestampDelta;
                offsetOfMaximum = lastOffset;
            }
        }

        if (position != records.Length)
        {
            return RecordError.TrailingBytes;
        }

        summary = new RecordSummary
        {
            Count = count,
            HasContiguousOffsets = isContiguous,
            HasNullKey = hasNullKey,
            MinTimestampDelta = minimum,
            MaxTimestampDelta = maximum,
            OffsetDeltaOfMaxTimestamp = offsetOfMaximum,
            LastOffsetDelta = lastOffset,
        };
        return RecordError.None;
    }

    internal static RecordError ToRecordError(CompressionError error) => error switch
    {
        CompressionError.None => RecordError.None,
        CompressionError.TooLarge => RecordError.TooLarge,
        _ => RecordError.InvalidCompression,
    };
}
