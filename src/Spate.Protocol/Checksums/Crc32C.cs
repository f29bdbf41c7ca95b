using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;
using X86Sse42 = System.Runtime.Intrinsics.X86.Sse42;

namespace Spate.Protocol.Checksums;

/// <summary>
/// The Castagnoli checksum that guards record batches of magic 2. Values are the finished ones, as they stand in a batch: the
/// inversions at both ends are done inside, so the checksum of nothing is 0 and checksums of consecutive parts chain.
/// </summary>
public static class Crc32C
{
    private static readonly bool HasInstruction = X86Sse42.X64.IsSupported || ArmCrc32.Arm64.IsSupported;

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of everything that gave <paramref name="checksum"/>, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> data) =>
        ~(Crc32CFolding.IsSupported && data.Length >= Crc32CFolding.LengthMin ? AppendLong(~checksum, data) : AppendShort(~checksum, data));

    private static uint AppendLong(uint state, ReadOnlySpan<byte> data)
    {
        var steps = data.Length - (data.Length % Crc32CFolding.StepBytes);
        return AppendShort(Crc32CFolding.Append(state, data[..steps]), data[steps..]);
    }

    private static uint AppendShort(uint state, ReadOnlySpan<byte> data) => HasInstruction ? Crc32CHardware.Append(state, data) : Crc32CSoftware.Append(state, data);
}
