using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Spate.Protocol.Records;

/// <summary>The zigzag variable-length integers inside records: seven bits a byte, lowest first, at most 5 bytes (int32) or 10 (int64).</summary>
internal static class RecordVarint
{
    /// <summary>Reads an int32; numbers of up to two bytes, which nearly all are, cost no call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        if (TryReadShort(source, ref position, out value))
        {
            return true;
        }

        var fits = TryReadLong(source, position, out var wide, out var next) & wide == (int)wide;
        position = next;
        value = (int)wide;
        return fits;
    }

    /// <summary>Reads an int64.</summary>
    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, ref int, out int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        if (TryReadShort(source, ref position, out var narrow))
        {
            value = narrow;
            return true;
        }

        var fits = TryReadLong(source, position, out var wide, out var next);
        position = next;
        value = wide;
        return fits;
    }

    public static int Size(int value) => Size((long)value);

    public static int Size(long value)
    {
        var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount(Encode(value) | 1);
        return (bits + 6) / 7;
    }

    /// <summary>Writes to the front of <paramref name="destination"/>, which must have room, and returns the bytes written.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        var rest = Encode(value);
        var position = 0;
        while (rest >= 0x80)
        {
            destination[position++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        destination[position] = (byte)rest;
        return position + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadShort(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        var at = position;
        if (at < source.Length - 1)
        {
            // The walk over the records of every produced batch stands on these two reads: their bounds were checked just above.
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), at);
            int first = start;
            if (first < 0x80)
            {
                position = at + 1;
                value = Decode(first);
                return true;
            }

            int second = Unsafe.Add(ref start, 1);
            if (second < 0x80)
            {
                position = at + 2;
                value = Decode((first & 0x7F) | (second << 7));
                return true;
            }
        }

        value = 0;
        return false;
    }

    // Takes and gives its position by value: a caller whose position is passed on by reference could not keep it in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadLong(ReadOnlySpan<byte> source, int position, out long value, out int next)
    {
        ulong result = 0;
        for (var shift = 0; shift < 64 && position < source.Length; shift += 7)
        {
            var current = source[position++];
            result |= (ulong)(current & 0x7F) << shift;
            if (current < 0x80)
            {
                value = Decode(result);
                next = position;
                return shift < 63 || current <= 1;
            }
        }

        value = 0;
        next = position;
        return false;
    }

    // Zigzag keeps small negative numbers short, so the same mapping in 64 bits gives the same bytes as in 32.
    private static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int Decode(int value) => (value >> 1) ^ -(value & 1);

    private static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
