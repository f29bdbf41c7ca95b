using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>
/// Writes a batch of magic 2 into pooled memory. A builder is used over and over through <see cref="Reset"/>, so that a batch costs no
/// allocation once its buffers have grown. Not safe for use by several threads at once.
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    // A record's length, two deltas, two lengths and the header count at their longest, and the attributes byte.
    private const int MaximumRecordOverhead = 5 + 1 + 10 + 5 + 5 + 5 + 5;

    private readonly PooledBuffer _buffer = new();
    private readonly PooledBuffer _compressed = new();
    private RecordBatchOptions _options;
    private long _baseTimestamp;
    private long _maxTimestamp;

    public RecordBatchBuilder(RecordBatchOptions? options = null)
    {
        _options = RecordBatchOptions.Default;
        Reset(options);
    }

    public int RecordCount { get; private set; }

    /// <summary>Bytes of the batch as it stands, before compression.</summary>
    public int Size => _buffer.Length;

    /// <summary>Offset that all others in the batch count from.</summary>
    public long BaseOffset => _options.BaseOffset;

    /// <summary>Offset that the next record gets when none is given.</summary>
    public long NextOffset { get; private set; }

    /// <summary>The most bytes by which a record can grow the batch, before compression.</summary>
    public static int SizeBound(NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers = default) =>
        checked(MaximumRecordOverhead + key.Span.Length + value.Span.Length + RecordHeaderEncoding.SizeOf(headers));

    /// <summary>Drops the records and starts another batch; null keeps the options of the last one.</summary>
    public void Reset(RecordBatchOptions? options = null)
    {
        _options = options ?? _options;
        _buffer.Clear();
        _buffer.Append(RecordBatchLayout.Records);
        RecordCount = 0;
        NextOffset = _options.BaseOffset;
        _baseTimestamp = _options.DeleteHorizon ?? -1;
        _maxTimestamp = -1;
    }

    /// <summary>Adds a record at the next offset.</summary>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    /// <param name="key">The key, or null.</param>
    /// <param name="value">The value, or null (a tombstone in a compacted topic).</param>
    /// <param name="headers">The headers, in their order.</param>
    /// <exception cref="OverflowException">The batch would not fit into an array.</exception>
    public void Append(long timestamp, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers = default) =>
        AppendAt(NextOffset, timestamp, key, value, headers);

    /// <summary>Adds a record at an offset that is the next one or leaves a gap.</summary>
    /// <inheritdoc cref="Append"/>
    public void AppendAt(long offset, long timestamp, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers = default)
    {
        var headersSize = RecordHeaderEncoding.SizeOf(headers);
        var destination = Begin(offset, timestamp, key, value, headers.Length, headersSize);
        RecordHeaderEncoding.Write(headers, destination);
    }

    /// <summary>Adds a record with the headers of another one, which are copied as they stand.</summary>
    /// <inheritdoc cref="Append"/>
    public void AppendAt(long offset, long timestamp, NullableBytes key, NullableBytes value, RecordHeaders headers)
    {
        var destination = Begin(offset, timestamp, key, value, headers.Count, headers.Encoded.Length);
        headers.Encoded.CopyTo(destination);
    }

    /// <summary>Finishes the batch: header, compression, checksum. More records may follow, and another call.</summary>
    /// <returns>
    /// The batch, in the builder's own memory: good until the next call of any method. It may be patched there with <see cref="RecordBatchPatch"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The options name a level that the codec does not have.</exception>
    /// <exception cref="Compression.Native.MissingNativeLibraryException">The codec's library is not installed.</exception>
    public Memory<byte> Build()
    {
        // A batch that compaction has emptied keeps only its header, which is all that a reader then needs.
        var codec = RecordCount == 0 ? CompressionCodec.None : _options.Codec;
        var batch = codec == CompressionCodec.None ? _buffer.Memory : Compress(codec);
        MakeHeader(codec, batch.Length).Write(batch.Span);
        RecordBatchPatch.RenewCrc(batch.Span);
        return batch;
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        _buffer.Dispose();
        _compressed.Dispose();
    }

    private Memory<byte> Compress(CompressionCodec codec)
    {
        _compressed.Clear();
        _compressed.Append(RecordBatchLayout.Records);
        Compressor.Compress(codec, _options.CompressionLevel, _buffer.Span[RecordBatchLayout.Records..], _compressed);
        return _compressed.Memory;
    }

    // Writes everything of a record but its headers and returns the room for them.
    private Span<byte> Begin(long offset, long timestamp, NullableBytes key, NullableBytes value, int headerCount, int headersSize)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(offset, NextOffset);
        var offsetDelta = checked((int)(offset - _options.BaseOffset));
        if (RecordCount == 0 && _options.DeleteHorizon is null)
        {
            _baseTimestamp = timestamp;
        }

        var timestampDelta = timestamp - _baseTimestamp;
        var keyLength = key.EncodedLength;
        var valueLength = value.EncodedLength;
        var bodySize = checked(1
            + RecordVarint.Size(timestampDelta)
            + RecordVarint.Size(offsetDelta)
            + RecordVarint.Size(keyLength)
            + key.Span.Length
            + RecordVarint.Size(valueLength)
            + value.Span.Length
            + RecordVarint.Size(headerCount)
            + headersSize);
        var destination = _buffer.Append(checked(RecordVarint.Size(bodySize) + bodySize));

        var position = RecordVarint.Write(destination, bodySize);
        destination[position++] = 0;
        position += RecordVarint.Write(destination[position..], timestampDelta);
        position += RecordVarint.Write(destination[position..], offsetDelta);
        position += RecordVarint.Write(destination[position..], keyLength);
        key.Span.CopyTo(destination[position..]);
        position += key.Span.Length;
        position += RecordVarint.Write(destination[position..], valueLength);
        value.Span.CopyTo(destination[position..]);
        position += value.Span.Length;
        position += RecordVarint.Write(destination[position..], headerCount);

        _maxTimestamp = RecordCount == 0 ? timestamp : Math.Max(_maxTimestamp, timestamp);
        RecordCount++;
        NextOffset = offset + 1;
        return destination[position..];
    }

    private RecordBatchHeader MakeHeader(CompressionCodec codec, int batchSize)
    {
        var lastOffset = Math.Max(_options.LastOffset ?? _options.BaseOffset, Math.Max(NextOffset - 1, _options.BaseOffset));
        return new RecordBatchHeader
        {
            BaseOffset = _options.BaseOffset,
            BatchLength = batchSize - RecordBatchLayout.LogOverhead,
            PartitionLeaderEpoch = _options.PartitionLeaderEpoch,
            Attributes = RecordBatchAttributes.Create(
                codec,
                _options.LogAppendTime is null ? TimestampType.CreateTime : TimestampType.LogAppendTime,
                _options.IsTransactional,
                _options.IsControl,
                _options.DeleteHorizon is not null),
            LastOffsetDelta = checked((int)(lastOffset - _options.BaseOffset)),
            BaseTimestamp = _baseTimestamp,
            MaxTimestamp = _options.LogAppendTime ?? _maxTimestamp,
            ProducerId = _options.ProducerId,
            ProducerEpoch = _options.ProducerEpoch,
            BaseSequence = _options.BaseSequence,
            RecordCount = RecordCount,
        };
    }
}
