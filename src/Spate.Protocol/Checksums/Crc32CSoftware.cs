using System.Runtime.InteropServices;

namespace Spate.Protocol.Checksums;

/// <summary>The checksum by tables, eight bytes a step, for processors without an instruction for it. Works on raw (uninverted) state.</summary>
internal static class Crc32CSoftware
{
    private static readonly uint[] Tables = MakeTables();

    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        var tables = Tables.AsSpan(0, 8 * 256);
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(data);
            foreach (var word in words)
            {
                var low = (uint)word ^ state;
                var high = (uint)(word >> 32);
                state = tables[(7 * 256) + (int)(low & 0xFF)]
                    ^ tables[(6 * 256) + (int)((low >> 8) & 0xFF)]
                    ^ tables[(5 * 256) + (int)((low >> 16) & 0xFF)]
                    ^ tables[(4 * 256) + (int)(low >> 24)]
                    ^ tables[(3 * 256) + (int)(high & 0xFF)]
                    ^ tables[(2 * 256) + (int)((high >> 8) & 0xFF)]
                    ^ tables[256 + (int)((high >> 16) & 0xFF)]
                    ^ tables[(int)(high >> 24)];
            }

            data = data[(words.Length * sizeof(ulong))..];
        }

        foreach (var value in data)
        {
            state = tables[(int)((state ^ value) & 0xFF)] ^ (state >> 8);
        }

        return state;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var value = 0u; value < 256; value++)
        {
            var state = value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = Crc32CPolynomial.TimesX(state);
            }

            tables[value] = state;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            var previous = tables[index - 256];
            tables[index] = tables[previous & 0xFF] ^ (previous >> 8);
        }

        return tables;
    }
}
