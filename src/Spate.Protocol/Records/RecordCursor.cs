using System.Runtime.CompilerServices;

namespace Spate.Protocol.Records;

/// <summary>
/// Reads the (uncompressed) records of a batch of magic 2 as <see cref="RecordEnumerator"/> does, and believes as little, for whoever has to put the walk down between two
/// records and so cannot keep a span: it is given the same bytes with every step.
/// </summary>
public struct RecordCursor
{
    private RecordFields _fields;
    private int _position;
    private int _remaining;

    /// <param name="records">The records, uncompressed: what follows the header.</param>
    /// <param name="count">How many the header says there are.</param>
    public RecordCursor(ReadOnlySpan<byte> records, int count)
    {
        _remaining = count;
        Error = count < 0 || count > records.Length / RecordBatchLayout.MinimumRecordSize ? RecordError.InvalidRecordCount : RecordError.None;
    }

    /// <summary>Tells the end from a fault, once <see cref="MoveNext"/> has returned false.</summary>
    public RecordError Error { get; private set; }

    /// <summary>The current record's <see cref="Record.OffsetDelta"/>.</summary>
    public readonly int OffsetDelta => _fields.OffsetDelta;

    /// <summary>The current record's <see cref="Record.TimestampDelta"/>.</summary>
    public readonly long TimestampDelta => _fields.TimestampDelta;

    /// <summary>Where the current record's key begins in the records.</summary>
    public readonly int KeyStart => _fields.KeyStart;

    /// <summary>Bytes of the current record's key; -1 when it is null.</summary>
    public readonly int KeyLength => _fields.KeyLength;

    /// <summary>Where the current record's value begins in the records.</summary>
    public readonly int ValueStart => _fields.ValueStart;

    /// <summary>Bytes of the current record's value; -1 when it is null.</summary>
    public readonly int ValueLength => _fields.ValueLength;

    /// <summary>How many headers the current record has.</summary>
    public readonly int HeaderCount => _fields.HeaderCount;

    /// <summary>Goes to the next record, or returns false when there is none or it is not one.</summary>
    /// <param name="records">The bytes that the walk began with.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext(ReadOnlySpan<byte> records)
    {
        if (_remaining > 0 && Error == RecordError.None)
        {
            _remaining--;
            Error = RecordParser.Read(records, ref _position, out _fields);
            return Error == RecordError.None;
        }

        return End(records);
    }

    /// <summary>The current record's key.</summary>
    public readonly NullableBytes Key(ReadOnlySpan<byte> records) => KeyLength < 0 ? NullableBytes.Null : records.Slice(KeyStart, KeyLength);

    /// <summary>The current record's value.</summary>
    public readonly NullableBytes Value(ReadOnlySpan<byte> records) => ValueLength < 0 ? NullableBytes.Null : records.Slice(ValueStart, ValueLength);

    /// <summary>The current record's headers.</summary>
    public readonly RecordHeaders Headers(ReadOnlySpan<byte> records) => new(records[_fields.HeadersStart.._position], _fields.HeaderCount);

    private bool End(ReadOnlySpan<byte> records)
    {
        if (Error == RecordError.None && _position != records.Length)
        {
            Error = RecordError.TrailingBytes;
        }

        return false;
    }
}
