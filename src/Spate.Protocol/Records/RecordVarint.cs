using System.Runtime.CompilerServices;

namespace Spate.Protocol.Records;

/// <summary>The zigzag variable-length integers inside records: seven bits a byte, lowest first, at most 5 bytes (int32) or 10 (int64).</summary>
internal static class RecordVarint
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        var at = position;
        if ((uint)at < (uint)source.Length && source[at] < 0x80)
        {
            position = at + 1;
            value = Decode(source[at]);
            return true;
        }

        return TryReadLong(source, ref position, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        var at = position;
        if ((uint)at < (uint)source.Length && source[at] < 0x80)
        {
            position = at + 1;
            value = Decode(source[at]);
            return true;
        }

        return TryReadLong(source, ref position, out value);
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

    private static bool TryReadLong(ReadOnlySpan<byte> source, ref int position, out int value)
    {
        var fits = TryReadLong(source, ref position, out long wide) & wide == (int)wide;
        value = (int)wide;
        return fits;
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, ref int position, out long value)
    {
        ulong result = 0;
        for (var shift = 0; shift < 64 && position < source.Length; shift += 7)
        {
            var next = source[position++];
            result |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                value = Decode(result);
                return shift < 63 || next <= 1;
            }
        }

        value = 0;
        return false;
    }

    // Zigzag keeps small negative numbers short, so the same mapping in 64 bits gives the same bytes as in 32.
    private static ulong Encode(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int Decode(byte value) => (value >> 1) ^ -(value & 1);

    private static long Decode(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
