using System.Runtime.CompilerServices;

namespace Spate.Protocol.Records;

/// <summary>
/// Takes one record apart and checks it. A leader does this to every record that is produced, so it is inlined into its two callers and keeps
/// everything in registers there.
/// </summary>
internal static class RecordParser
{
    private const int NoBytes = -1;

    /// <summary>
    /// Reads the record at <paramref name="position"/> and moves on past it. Variable-length integers are read from all the bytes, so that the last one
    /// of a record need not be taken for the last one there is; a record that runs past its length is found by where it ends.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecordError Read(ReadOnlySpan<byte> source, ref int position, out RecordFields fields)
    {
        Unsafe.SkipInit(out fields);
        var at = position;
        if (!RecordVarint.TryRead(source, ref at, out int length))
        {
            return RecordError.InvalidVarint;
        }

        if (length < RecordBatchLayout.MinimumRecordSize - 1 || length > source.Length - at)
        {
            return RecordError.InvalidRecordLength;
        }

        var end = at + length;

        // The attributes byte of a record has no meaning yet; Kafka ignores it, and so must whoever reads what later versions write.
        at++;
        if (!RecordVarint.TryRead(source, ref at, out fields.TimestampDelta)
            || !RecordVarint.TryRead(source, ref at, out fields.OffsetDelta)
            || !RecordVarint.TryRead(source, ref at, out fields.KeyLength))
        {
            return RecordError.InvalidVarint;
        }

        fields.KeyStart = at;
        if (!TrySkip(end, ref at, fields.KeyLength))
        {
            return RecordError.InvalidKeyLength;
        }

        if (!RecordVarint.TryRead(source, ref at, out fields.ValueLength))
        {
            return RecordError.InvalidVarint;
        }

        fields.ValueStart = at;
        if (!TrySkip(end, ref at, fields.ValueLength))
        {
            return RecordError.InvalidValueLength;
        }

        if (!RecordVarint.TryRead(source, ref at, out fields.HeaderCount))
        {
            return RecordError.InvalidVarint;
        }

        fields.HeadersStart = at;
        if (fields.HeaderCount != 0 && !TrySkipHeaders(source, end, fields.HeadersStart, fields.HeaderCount, out at))
        {
            return RecordError.InvalidHeader;
        }

        // The next record is found from this one's length, not from its fields, so that the processor can begin it before they are read.
        position = end;
        return at == end ? RecordError.None : RecordError.InvalidRecordLength;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkip(int end, ref int position, int length)
    {
        if (length > end - position || length < NoBytes)
        {
            return false;
        }

        position += Math.Max(length, 0);
        return true;
    }

    private static bool TrySkipHeaders(ReadOnlySpan<byte> source, int end, int position, int count, out int next)
    {
        // A header takes two bytes at least: a count beyond that is refused before anyone makes room for it.
        next = position;
        if (count < 0 || count > (end - position) / 2)
        {
            return false;
        }

        for (var index = 0; index < count; index++)
        {
            if (!RecordVarint.TryRead(source, ref next, out int keyLength)
                || keyLength < 0
                || !TrySkip(end, ref next, keyLength)
                || !RecordVarint.TryRead(source, ref next, out int valueLength)
                || !TrySkip(end, ref next, valueLength))
            {
                return false;
            }
        }

        return true;
    }
}
