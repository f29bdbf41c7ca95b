using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>Writes batches whose records stand ready in uncompressed bytes.</summary>
internal static class BatchWriter
{
    /// <summary>Adds a batch to <paramref name="destination"/>, in the codec that its header names.</summary>
    /// <param name="destination">Where the batch is added.</param>
    /// <param name="header">All that the batch says; length and checksum are worked out here.</param>
    /// <param name="level">The codec's level; null for its default.</param>
    /// <param name="records">The records, uncompressed.</param>
    /// <returns>Bytes of the batch.</returns>
    public static int Write(PooledBuffer destination, in RecordBatchHeader header, int? level, ReadOnlySpan<byte> records)
    {
        var start = destination.Length;
        destination.GetSpan(RecordBatchHeader.Size)[..RecordBatchHeader.Size].Clear();
        destination.Advance(RecordBatchHeader.Size);
        Compressor.Compress(header.Codec, level, records, destination);

        var batch = destination.Span[start..];
        var complete = header with { BatchLength = batch.Length - RecordBatchLayout.LogOverhead };
        complete.Write(batch);
        RecordBatchPatch.RenewCrc(batch);
        return batch.Length;
    }

    /// <summary>
    /// Adds a batch whose records get the offset deltas 0, 1, 2 and so on, in their order: some clients leave them all at 0 inside
    /// compressed batches, and brokers have always set that right.
    /// </summary>
    /// <inheritdoc cref="Write"/>
    public static int WriteRenumbered(PooledBuffer destination, in RecordBatchHeader header, int? level, ReadOnlySpan<byte> records)
    {
        using var builder = new RecordBatchBuilder();
        var enumerator = new RecordEnumerator(records, header.RecordCount);
        while (enumerator.MoveNext())
        {
            var record = enumerator.Current;
            var timestamp = header.BaseTimestamp + record.TimestampDelta;
            builder.AppendAt(builder.NextOffset, timestamp, record.Key, record.Value, record.Headers);
        }

        var renumbered = builder.Build().Span;
        if (enumerator.Error != RecordError.None || !RecordBatchHeader.TryRead(renumbered, out var written))
        {
            throw new InvalidOperationException("Records were renumbered that no one has checked.");
        }

        return Write(
            destination, header with { BaseTimestamp = written.BaseTimestamp }, level, renumbered[RecordBatchLayout.Records..]);
    }
}
