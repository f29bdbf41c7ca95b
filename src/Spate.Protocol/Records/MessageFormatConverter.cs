using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>
/// Turns messages of magic 0 and 1 into batches of magic 2, as a broker stores what old producers send, and batches into older messages, as
/// it answers old consumers. One converter is used over and over. Not safe for use by several threads at once.
/// </summary>
public sealed class MessageFormatConverter : IDisposable
{
    private readonly PooledBuffer _scratch = new();
    private readonly LegacyMessageSetBuilder _messages = new();

    /// <summary>
    /// Adds every message of a set of magic 0 and 1 to <paramref name="destination"/>, which was reset with the options of the new batch.
    /// </summary>
    /// <param name="source">The whole set; nothing may be missing at its end.</param>
    /// <param name="keepsOffsets">
    /// True to keep the messages' offsets and gaps (for a log that is rewritten); false to number them on, as a produce request is.
    /// </param>
    /// <param name="maximumBytes">The most bytes that one decompression, and the new batch before compression, may take.</param>
    /// <param name="destination">Takes the records; undefined on an error.</param>
    public RecordError ConvertUp(ReadOnlySpan<byte> source, bool keepsOffsets, int maximumBytes, RecordBatchBuilder destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var entries = new RecordBatchEnumerator(source);
        while (entries.MoveNext())
        {
            var messages = new LegacyMessageEnumerator(entries.Current, maximumBytes, _scratch);
            while (messages.MoveNext())
            {
                var message = messages.Current;
                var offset = keepsOffsets ? message.Offset : destination.NextOffset;
                if (offset < destination.NextOffset || offset - destination.BaseOffset >= int.MaxValue)
                {
                    return RecordError.InvalidOffset;
                }

                if (RecordBatchBuilder.SizeBound(message.Key, message.Value) > maximumBytes - destination.Size)
                {
                    return RecordError.TooLarge;
                }

                destination.AppendAt(offset, message.Timestamp, message.Key, message.Value);
            }

            if (messages.Error != RecordError.None)
            {
                return messages.Error;
            }
        }

        return entries.Error;
    }

    /// <summary>
    /// Adds what <paramref name="source"/> holds to <paramref name="destination"/>, in a format no newer than <paramref name="magic"/>: headers are
    /// dropped, control batches left out, transactional records become plain ones, compressed ones stay compressed, offsets stay.
    /// </summary>
    /// <param name="source">Entries of any magic. An incomplete one at the end is left out, as old consumers expect and ask for again.</param>
    /// <param name="magic">0 or 1.</param>
    /// <param name="firstOffset">Uncompressed records before this offset are left out; 0 to keep all.</param>
    /// <param name="maximumBytes">
    /// The most bytes that one decompression may produce. No further entry is begun once the destination holds as many.
    /// </param>
    /// <param name="destination">Where the messages are added; on an error it holds the entries before the faulty one.</param>
    /// <param name="bytesConsumed">Bytes of the source that were dealt with.</param>
    /// <returns><see cref="RecordError.IncompatibleCodec"/> for zstd, which consumers of older formats do not know.</returns>
    public RecordError ConvertDown(
        ReadOnlySpan<byte> source, byte magic, long firstOffset, int maximumBytes, PooledBuffer destination, out int bytesConsumed)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magic, 1);
        bytesConsumed = 0;
        var entries = new RecordBatchEnumerator(source);
        while (destination.Length < maximumBytes && entries.MoveNext())
        {
            var lengthBefore = destination.Length;
            var error = ConvertEntryDown(entries.Current, entries.Magic, magic, firstOffset, maximumBytes, destination);
            if (error != RecordError.None)
            {
                destination.Truncate(lengthBefore);
                return error;
            }

            bytesConsumed = entries.BytesConsumed;
        }

        return entries.Error == RecordError.Incomplete ? RecordError.None : entries.Error;
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        _scratch.Dispose();
        _messages.Dispose();
    }

    private RecordError ConvertEntryDown(
        ReadOnlySpan<byte> entry, byte from, byte to, long firstOffset, int maximumBytes, PooledBuffer destination)
    {
        if (from == RecordBatchLayout.CurrentMagic)
        {
            return ConvertBatchDown(entry, to, firstOffset, maximumBytes, destination);
        }

        if (from > to)
        {
            return ConvertMessagesDown(entry, to, firstOffset, maximumBytes, destination);
        }

        entry.CopyTo(destination.Append(entry.Length));
        return RecordError.None;
    }

    private RecordError ConvertBatchDown(
        ReadOnlySpan<byte> batch, byte magic, long firstOffset, int maximumBytes, PooledBuffer destination)
    {
        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None || header.IsControl)
        {
            return error;
        }

        if (header.Codec > CompressionCodec.Lz4)
        {
            return RecordError.IncompatibleCodec;
        }

        error = RecordBatch.Open(batch, header, maximumBytes, _scratch, out var bytes);
        if (error != RecordError.None)
        {
            return error;
        }

        _messages.Begin(destination, magic, header.Codec, header.TimestampType);
        var previousDelta = -1;
        var records = new RecordEnumerator(bytes, header.RecordCount);
        while (records.MoveNext())
        {
            if (records.OffsetDelta <= previousDelta || records.OffsetDelta > header.LastOffsetDelta)
            {
                return RecordError.InvalidOffset;
            }

            previousDelta = records.OffsetDelta;
            var offset = header.BaseOffset + records.OffsetDelta;
            if (offset >= firstOffset || header.Codec != CompressionCodec.None)
            {
                var record = records.Current;
                _messages.Append(offset, header.TimestampOf(record.TimestampDelta), record.Key, record.Value);
            }
        }

        if (records.Error == RecordError.None)
        {
            _messages.Complete();
        }

        return records.Error;
    }

    private RecordError ConvertMessagesDown(
        ReadOnlySpan<byte> entry, byte magic, long firstOffset, int maximumBytes, PooledBuffer destination)
    {
        var messages = new LegacyMessageEnumerator(entry, maximumBytes, _scratch);
        _messages.Begin(destination, magic, messages.Codec);
        var previousOffset = long.MinValue;
        while (messages.MoveNext())
        {
            var message = messages.Current;
            if (message.Offset <= previousOffset)
            {
                return RecordError.InvalidOffset;
            }

            previousOffset = message.Offset;
            if (message.Offset >= firstOffset || messages.Codec != CompressionCodec.None)
            {
                _messages.Append(message.Offset, message.Timestamp, message.Key, message.Value);
            }
        }

        if (messages.Error == RecordError.None)
        {
            _messages.Complete();
        }

        return messages.Error;
    }
}
