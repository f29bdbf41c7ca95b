namespace Spate.Protocol.Records;

/// <summary>Writes and reads the batches that the platform itself puts into a log, beside those of users.</summary>
public static class ControlBatch
{
    /// <summary>Adds a control record to a batch whose options say <see cref="RecordBatchOptions.IsControl"/>.</summary>
    /// <param name="builder">The batch.</param>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    /// <param name="type">What the record says.</param>
    /// <param name="value">The value, in the layout that goes with the type.</param>
    public static void Append(RecordBatchBuilder builder, long timestamp, ControlRecordType type, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        Span<byte> key = stackalloc byte[ControlRecordKey.Size];
        new ControlRecordKey(type).Write(key);
        builder.Append(timestamp, key, value);
    }

    /// <summary>Builds the batch that ends a transaction, in the builder's own memory as <see cref="RecordBatchBuilder.Build"/> does.</summary>
    /// <param name="builder">Is reset.</param>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    /// <param name="type">Commit or abort.</param>
    /// <param name="producerId">The producer whose transaction ends.</param>
    /// <param name="producerEpoch">Its epoch.</param>
    /// <param name="coordinatorEpoch">Epoch of the coordinator that decided.</param>
    public static Memory<byte> BuildEndTransaction(
        RecordBatchBuilder builder, long timestamp, ControlRecordType type, long producerId, short producerEpoch, int coordinatorEpoch)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((short)type, (short)ControlRecordType.Commit, nameof(type));
        Span<byte> value = stackalloc byte[EndTransactionMarker.Size];
        new EndTransactionMarker(coordinatorEpoch).Write(value);
        builder.Reset(new RecordBatchOptions
        {
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
        });
        Append(builder, timestamp, type, value);
        return builder.Build();
    }

    /// <summary>
    /// Reads the first record of a control batch, which is the only one in a batch that ends a transaction.
    /// </summary>
    /// <param name="batch">The whole batch; control batches are never compressed.</param>
    /// <param name="header">Its header, already validated.</param>
    /// <param name="key">What the record says.</param>
    /// <param name="value">The record's value, looking into the batch.</param>
    public static RecordError ReadFirst(
        ReadOnlySpan<byte> batch, in RecordBatchHeader header, out ControlRecordKey key, out ReadOnlySpan<byte> value)
    {
        key = default;
        value = default;
        if (!header.IsControl || header.Codec != Compression.CompressionCodec.None)
        {
            return RecordError.InvalidControlRecord;
        }

        var records = new RecordEnumerator(batch[RecordBatchLayout.Records..header.BatchSize], header.RecordCount);
        if (!records.MoveNext())
        {
            return records.Error == RecordError.None ? RecordError.InvalidControlRecord : records.Error;
        }

        var record = records.Current;
        value = record.Value.Span;
        return ControlRecordKey.TryRead(record.Key.Span, out key) ? RecordError.None : RecordError.InvalidControlRecord;
    }

    /// <summary>Reads the batch that ends a transaction.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="header">Its header, already validated.</param>
    /// <param name="type">Commit or abort; another type is <see cref="RecordError.InvalidControlRecord"/>.</param>
    /// <param name="marker">What the coordinator wrote.</param>
    public static RecordError ReadEndTransaction(
        ReadOnlySpan<byte> batch, in RecordBatchHeader header, out ControlRecordType type, out EndTransactionMarker marker)
    {
        marker = default;
        var error = ReadFirst(batch, header, out var key, out var value);
        type = key.Type;
        if (error != RecordError.None)
        {
            return error;
        }

        return key.Type is ControlRecordType.Abort or ControlRecordType.Commit && EndTransactionMarker.TryRead(value, out marker)
            ? RecordError.None
            : RecordError.InvalidControlRecord;
    }
}
