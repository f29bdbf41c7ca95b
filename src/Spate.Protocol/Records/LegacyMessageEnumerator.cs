using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>
/// Gives the messages of one entry of magic 0 or 1: the message itself, or those in a compressed wrapper, with the offsets and timestamps that
/// they have in the log. Inner offsets are absolute in magic 0 and count from the first message in magic 1, where the wrapper's offset
/// is the last one's (KIP-31); a wrapper with the time of the append lends it to all in it. When <see cref="MoveNext"/> returns
/// false, <see cref="Error"/> tells the end from a fault.
/// </summary>
public ref struct LegacyMessageEnumerator
{
    private readonly LegacyMessage _outer;
    private readonly long _shift;
    private RecordBatchEnumerator _inner;
    private LegacyMessage _current;
    private bool _isAtStart = true;

    /// <param name="entry">Exactly one entry, as <see cref="RecordBatchEnumerator"/> cuts it out.</param>
    /// <param name="maximumBytes">The most bytes that decompression may produce.</param>
    /// <param name="scratch">Takes the decompressed messages; must stay untouched while this runs.</param>
    public LegacyMessageEnumerator(ReadOnlySpan<byte> entry, int maximumBytes, PooledBuffer scratch)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        Error = LegacyMessage.Read(entry, out _outer);
        if (Error != RecordError.None || _outer.Codec == CompressionCodec.None)
        {
            return;
        }

        if (_outer.Value.IsNull)
        {
            Error = RecordError.InvalidNesting;
            return;
        }

        Error = RecordBatch.ToRecordError(
            Decompressor.Decompress(_outer.Codec, _outer.Value.Span, maximumBytes, scratch, _outer.Magic));
        if (Error == RecordError.None)
        {
            _inner = new RecordBatchEnumerator(scratch.Span);
            Error = FindLastOffset(_inner, out var last);
            _shift = _outer.Magic == 0 ? 0 : _outer.Offset - last;
        }
    }

    public RecordError Error { get; private set; }

    public readonly LegacyMessage Current => _current;

    /// <summary>How the entry is compressed: the codec of its wrapper.</summary>
    public readonly CompressionCodec Codec => _outer.Codec;

    public bool MoveNext()
    {
        if (Error != RecordError.None)
        {
            return false;
        }

        if (_outer.Codec == CompressionCodec.None)
        {
            var isFirst = _isAtStart;
            _isAtStart = false;
            _current = _outer;
            return isFirst;
        }

        if (!_inner.MoveNext())
        {
            return false;
        }

        Error = ReadInner();
        return Error == RecordError.None;
    }

    // Also makes sure that there is at least one message and that they fill the bytes.
    private static RecordError FindLastOffset(RecordBatchEnumerator inner, out long offset)
    {
        offset = 0;
        var isEmpty = true;
        while (inner.MoveNext())
        {
            offset = inner.Offset;
            isEmpty = false;
        }

        if (inner.Error is RecordError.None or RecordError.Incomplete)
        {
            return isEmpty || inner.Error == RecordError.Incomplete ? RecordError.InvalidNesting : RecordError.None;
        }

        return inner.Error;
    }

    private RecordError ReadInner()
    {
        if (_inner.Magic != _outer.Magic)
        {
            return RecordError.InvalidNesting;
        }

        var error = LegacyMessage.Read(_inner.Current, out var message);
        if (error != RecordError.None)
        {
            return error;
        }

        if (message.Codec != CompressionCodec.None)
        {
            return RecordError.InvalidNesting;
        }

        var isAppendTime = _outer.TimestampType == TimestampType.LogAppendTime;
        _current = new LegacyMessage
        {
            Offset = message.Offset + _shift,
            Magic = message.Magic,
            TimestampType = _outer.TimestampType,
            Timestamp = isAppendTime ? _outer.Timestamp : message.Timestamp,
            Key = message.Key,
            Value = message.Value,
        };
        return RecordError.None;
    }
}
