namespace Spate.Protocol.Records;

/// <summary>
/// Reads the (uncompressed) records of a batch of magic 2 without allocating. Nothing is believed: every length is checked against
/// the bytes, every record must be used up exactly by its fields, and the count must use up the bytes. When <see cref="MoveNext"/>
/// returns false, <see cref="Error"/> tells the end from a fault.
/// </summary>
public ref struct RecordEnumerator
{
    private const int NoBytes = -1;

    private readonly ReadOnlySpan<byte> _records;
    private int _position;
    private int _remaining;
    private int _keyStart;
    private int _keyLength;
    private int _valueStart;
    private int _valueLength;
    private int _headersStart;
    private int _headerCount;
    private int _offsetDelta;
    private long _timestampDelta;

    /// <param name="records">The records, uncompressed: what follows the header.</param>
    /// <param name="count">How many the header says there are.</param>
    public RecordEnumerator(ReadOnlySpan<byte> records, int count)
    {
        _records = records;
        _remaining = count;
        Error = count < 0 || count > records.Length / RecordBatchLayout.MinimumRecordSize ? RecordError.InvalidRecordCount : RecordError.None;
    }

    public RecordError Error { get; private set; }

    /// <summary>The current record's <see cref="Record.OffsetDelta"/>, without making up the rest.</summary>
    public readonly int OffsetDelta => _offsetDelta;

    /// <summary>The current record's <see cref="Record.TimestampDelta"/>, without making up the rest.</summary>
    public readonly long TimestampDelta => _timestampDelta;

    public readonly bool HasKey => _keyLength != NoBytes;

    public readonly Record Current => new()
    {
        TimestampDelta = _timestampDelta,
        OffsetDelta = _offsetDelta,
        Key = _keyLength == NoBytes ? NullableBytes.Null : _records.Slice(_keyStart, _keyLength),
        Value = _valueLength == NoBytes ? NullableBytes.Null : _records.Slice(_valueStart, _valueLength),
        Headers = new RecordHeaders(_records[_headersStart.._position], _headerCount),
    };

    public readonly RecordEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (Error != RecordError.None)
        {
            return false;
        }

        if (_remaining == 0)
        {
            Error = _position == _records.Length ? RecordError.None : RecordError.TrailingBytes;
            return false;
        }

        _remaining--;
        Error = ReadRecord();
        return Error == RecordError.None;
    }

    private RecordError ReadRecord()
    {
        var position = _position;
        if (!RecordVarint.TryRead(_records, ref position, out int length))
        {
            return RecordError.InvalidVarint;
        }

        if (length < RecordBatchLayout.MinimumRecordSize - 1 || length > _records.Length - position)
        {
            return RecordError.InvalidRecordLength;
        }

        var record = _records[..(position + length)];

        // The attributes byte of a record has no meaning yet; Kafka ignores it, and so must whoever reads what later versions write.
        position++;
        if (!RecordVarint.TryRead(record, ref position, out _timestampDelta)
            || !RecordVarint.TryRead(record, ref position, out _offsetDelta)
            || !RecordVarint.TryRead(record, ref position, out _keyLength))
        {
            return RecordError.InvalidVarint;
        }

        if (!TrySkip(record, ref position, _keyLength, out _keyStart))
        {
            return RecordError.InvalidKeyLength;
        }

        if (!RecordVarint.TryRead(record, ref position, out _valueLength))
        {
            return RecordError.InvalidVarint;
        }

        if (!TrySkip(record, ref position, _valueLength, out _valueStart))
        {
            return RecordError.InvalidValueLength;
        }

        if (!RecordVarint.TryRead(record, ref position, out _headerCount))
        {
            return RecordError.InvalidVarint;
        }

        _headersStart = position;
        if (_headerCount != 0 && !TrySkipHeaders(record, ref position, _headerCount))
        {
            return RecordError.InvalidHeader;
        }

        _position = position;
        return position == record.Length ? RecordError.None : RecordError.InvalidRecordLength;
    }

    private static bool TrySkip(ReadOnlySpan<byte> record, ref int position, int length, out int start)
    {
        start = position;
        if (length > record.Length - position || length < NoBytes)
        {
            return false;
        }

        position += Math.Max(length, 0);
        return true;
    }

    private static bool TrySkipHeaders(ReadOnlySpan<byte> record, ref int position, int count)
    {
        // A header takes two bytes at least: a count beyond that is refused before anyone makes room for it.
        if (count < 0 || count > (record.Length - position) / 2)
        {
            return false;
        }

        for (var index = 0; index < count; index++)
        {
            if (!RecordVarint.TryRead(record, ref position, out int keyLength)
                || keyLength < 0
                || !TrySkip(record, ref position, keyLength, out _)
                || !RecordVarint.TryRead(record, ref position, out int valueLength)
                || !TrySkip(record, ref position, valueLength, out _))
            {
                return false;
            }
        }

        return true;
    }
}
