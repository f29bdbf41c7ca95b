using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// The records at the front of a batch that are as nearly all records are: no headers, less than 8 KiB, within 8 seconds of the first.
/// Eight bytes are read at once and taken apart in a register, which takes half the time of reading field by field; a leader does this to
/// everything that is produced. What is not as usual, or not right, ends the walk and is left to
/// <see cref="RecordEnumerator"/>: nothing is judged here.
/// </summary>
internal readonly struct UsualRecords
{
    // Length (2), attributes (1), timestamp delta (2) and offset delta (3) fill the eight bytes; the length of the key takes two more.
    private const int PrefixMaximum = sizeof(ulong) + 2;

    /// <summary>How many records there are.</summary>
    public int Count { get; private init; }

    /// <summary>Bytes of all of them.</summary>
    public int Size { get; private init; }

    /// <summary>0 when the offset deltas are 0, 1, 2 and so on.</summary>
    public int Disorder { get; private init; }

    /// <summary>Negative when at least one key is null.</summary>
    public int AnyKeyLength { get; private init; }

    /// <summary>Means nothing without records, like the greatest.</summary>
    public long MinTimestampDelta { get; private init; }

    public long MaxTimestampDelta { get; private init; }

    /// <param name="records">The records, uncompressed; all reads stay within them.</param>
    /// <param name="count">How many to take at most.</param>
    public static UsualRecords Take(ReadOnlySpan<byte> records, int count)
    {
        if (!BitConverter.IsLittleEndian)
        {
            return default;
        }

        ref var start = ref MemoryMarshal.GetReference(records);
        nint position = 0;
        var index = 0;
        var disorder = 0;
        nint anyKeyLength = 0;
        nint minimum = int.MaxValue;
        nint maximum = int.MinValue;
        while (index < count && records.Length - position >= PrefixMaximum)
        {
            var window = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, position));
            var at = position;
            if (!TryTake(ref window, ref at, out var length))
            {
                break;
            }

            var end = at + length;
            window >>= 8;
            at++;
            if (end > records.Length
                || !TryTake(ref window, ref at, out var timestampDelta)
                || !TryTakeLonger(window, ref at, out var offsetDelta)
                || !TryRead(ref start, ref at, out var keyLength)
                || !TrySkip(keyLength, end, ref at)
                || end - at < 2
                || !TryRead(ref start, ref at, out var valueLength)
                || !TrySkip(valueLength, end, ref at)
                || at != end - 1
                || Unsafe.Add(ref start, at) != 0)
            {
                break;
            }

            disorder |= (int)offsetDelta ^ index++;
            anyKeyLength |= keyLength;
            minimum = nint.Min(minimum, timestampDelta);
            maximum = nint.Max(maximum, timestampDelta);
            position = end;
        }

        return new UsualRecords
        {
            Count = index,
            Size = (int)position,
            Disorder = disorder,
            AnyKeyLength = (int)anyKeyLength,
            MinTimestampDelta = minimum,
            MaxTimestampDelta = maximum,
        };
    }

    // A number of one or two bytes off the lower end of the window.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTake(ref ulong window, ref nint position, out nint value)
    {
        if ((window & 0x80) == 0)
        {
            value = Decode(window & 0x7F);
            window >>= 8;
            position++;
            return true;
        }

        value = Decode((window & 0x7F) | ((window >> 1) & 0x3F80));
        position += 2;
        var isShort = (window & 0x8000) == 0;
        window >>= 16;
        return isShort;
    }

    // A number of up to three bytes: offset deltas grow with the batch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTakeLonger(ulong window, ref nint position, out nint value)
    {
        var first = window & 0x7F;
        if ((window & 0x80) == 0)
        {
            value = Decode(first);
            position++;
            return true;
        }

        var second = (window >> 1) & 0x3F80;
        if ((window & 0x8000) == 0)
        {
            value = Decode(first | second);
            position += 2;
            return true;
        }

        value = Decode(first | second | ((window >> 2) & 0x1FC000));
        position += 3;
        return (window & 0x800000) == 0;
    }

    // A number of one or two bytes, both of which lie within the records.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRead(ref byte start, ref nint position, out nint value)
    {
        uint first = Unsafe.Add(ref start, position);
        if (first < 0x80)
        {
            value = Decode(first);
            position++;
            return true;
        }

        uint second = Unsafe.Add(ref start, position + 1);
        value = Decode((first & 0x7F) | (second << 7));
        position += 2;
        return second < 0x80;
    }

    // Moves on by a length that is -1 for null.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TrySkip(nint length, nint end, ref nint position)
    {
        position += nint.Max(length, 0);
        return length >= -1 && position <= end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Decode(ulong zigzag) => (nint)(zigzag >> 1) ^ -(nint)(zigzag & 1);
}
