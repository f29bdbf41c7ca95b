using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>A copy of one record with what its batch says about it: for tools and tests, not for the data path.</summary>
public sealed record OwnedRecord
{
    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970; -1 without one.</summary>
    public required long Timestamp { get; init; }

    public required TimestampType TimestampType { get; init; }

    public required byte[]? Key { get; init; }

    public required byte[]? Value { get; init; }

    public required RecordHeader[] Headers { get; init; }

    public bool IsControl { get; init; }

    /// <summary>Whether the record counts only if its producer's transaction was committed.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>The producer; -1 without one.</summary>
    public long ProducerId { get; init; } = -1;

    /// <summary>
    /// Copies every record of a log or fetched set, of any magic. An incomplete entry at the end is left out.
    /// </summary>
    /// <param name="source">The entries.</param>
    /// <param name="maximumBytes">The most bytes that one decompression may produce.</param>
    /// <exception cref="InvalidRecordsException">Something is corrupt or beyond the bound.</exception>
    public static IReadOnlyList<OwnedRecord> ReadAll(ReadOnlySpan<byte> source, int maximumBytes)
    {
        var copies = new List<OwnedRecord>();
        using var scratch = new PooledBuffer();
        var entries = new RecordBatchEnumerator(source);
        while (entries.MoveNext())
        {
            var error = entries.Magic == RecordBatchLayout.CurrentMagic
                ? AddBatch(entries.Current, maximumBytes, scratch, copies)
                : AddMessages(entries.Current, maximumBytes, scratch, copies);
            if (error != RecordError.None)
            {
                throw new InvalidRecordsException(error, entries.Position);
            }
        }

        return entries.Error is RecordError.None or RecordError.Incomplete
            ? copies
            : throw new InvalidRecordsException(entries.Error, entries.BytesConsumed);
    }

    private static RecordError AddBatch(ReadOnlySpan<byte> batch, int maximumBytes, PooledBuffer scratch, List<OwnedRecord> copies)
    {
        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None)
        {
            return error;
        }

        error = RecordBatch.Open(batch, header, maximumBytes, scratch, out var bytes);
        if (error != RecordError.None)
        {
            return error;
        }

        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext())
        {
            var record = records.Current;
            copies.Add(new OwnedRecord
            {
                Offset = header.BaseOffset + record.OffsetDelta,
                Timestamp = header.TimestampOf(record.TimestampDelta),
                TimestampType = header.TimestampType,
                Key = record.Key.ToArray(),
                Value = record.Value.ToArray(),
                Headers = record.Headers.ToArray(),
                IsControl = header.IsControl,
                IsTransactional = header.IsTransactional,
                ProducerId = header.ProducerId,
            });
        }

        return records.Error;
    }

    private static RecordError AddMessages(ReadOnlySpan<byte> entry, int maximumBytes, PooledBuffer scratch, List<OwnedRecord> copies)
    {
        var messages = new LegacyMessageEnumerator(entry, maximumBytes, scratch);
        while (messages.MoveNext())
        {
            var message = messages.Current;
            copies.Add(new OwnedRecord
            {
                Offset = message.Offset,
                Timestamp = message.Timestamp,
                TimestampType = message.TimestampType,
                Key = message.Key.ToArray(),
                Value = message.Value.ToArray(),
                Headers = [],
            });
        }

        return messages.Error;
    }
}
