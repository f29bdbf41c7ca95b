using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Spate.Protocol.Checksums;

/// <summary>
/// The checksum by the processor's own instruction (SSE4.2, ARMv8). The instruction takes three cycles but a new one can start every
/// cycle, so three neighbouring blocks are run side by side and joined. Works on raw (uninverted) state.
/// </summary>
internal static class Crc32CHardware
{
    private const int LongBlock = 4096;
    private const int ShortBlock = 256;

    private static readonly Crc32CShift LongShift = new(LongBlock);
    private static readonly Crc32CShift ShortShift = new(ShortBlock);

    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        if (data.Length >= 3 * ShortBlock)
        {
            state = AppendBlocks(state, ref data, LongBlock, LongShift);
            state = AppendBlocks(state, ref data, ShortBlock, ShortShift);
        }

        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
        {
            state = BitOperations.Crc32C(state, LittleEndian(word));
        }

        foreach (var value in data[(words.Length * sizeof(ulong))..])
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }

    private static uint AppendBlocks(uint state, ref ReadOnlySpan<byte> data, int blockSize, Crc32CShift shift)
    {
        while (data.Length >= 3 * blockSize)
        {
            var first = MemoryMarshal.Cast<byte, ulong>(data[..blockSize]);
            var second = MemoryMarshal.Cast<byte, ulong>(data.Slice(blockSize, blockSize))[..first.Length];
            var third = MemoryMarshal.Cast<byte, ulong>(data.Slice(2 * blockSize, blockSize))[..first.Length];
            var secondState = 0u;
            var thirdState = 0u;
            for (var index = 0; index < first.Length; index++)
            {
                state = BitOperations.Crc32C(state, LittleEndian(first[index]));
                secondState = BitOperations.Crc32C(secondState, LittleEndian(second[index]));
                thirdState = BitOperations.Crc32C(thirdState, LittleEndian(third[index]));
            }

            state = shift.Apply(shift.Apply(state) ^ secondState) ^ thirdState;
            data = data[(3 * blockSize)..];
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LittleEndian(ulong word) =>
        BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
}
