namespace Spate.Protocol.Records;

/// <summary>
/// Reads the (uncompressed) records of a batch of magic 2 without allocating. Nothing is believed: every length is checked against
/// the bytes, every record must be used up exactly by its fields, and the count must use up the bytes. When <see cref="MoveNext"/>
/// returns false, <see cref="Error"/> tells the end from a fault.
/// There is no <c>foreach</c>: it would run over a copy and leave the error behind.
/// </summary>
public ref struct RecordEnumerator
{
    private readonly ReadOnlySpan<byte> _records;
    private int _position;
    private int _remaining;
    private RecordFields _fields;

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
    public readonly int OffsetDelta => _fields.OffsetDelta;

    /// <summary>The current record's <see cref="Record.TimestampDelta"/>, without making up the rest.</summary>
    public readonly long TimestampDelta => _fields.TimestampDelta;

    public readonly bool HasKey => _fields.KeyLength >= 0;

    public readonly Record Current => new()
    {
        TimestampDelta = _fields.TimestampDelta,
        OffsetDelta = _fields.OffsetDelta,
        Key = Bytes(_fields.KeyStart, _fields.KeyLength),
        Value = Bytes(_fields.ValueStart, _fields.ValueLength),
        Headers = new RecordHeaders(_records[_fields.HeadersStart.._position], _fields.HeaderCount),
    };

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
        Error = RecordParser.Read(_records, ref _position, out _fields);
        return Error == RecordError.None;
    }

    private readonly NullableBytes Bytes(int start, int length) => length < 0 ? NullableBytes.Null : _records.Slice(start, length);
}
