using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Spate.Protocol.Checksums;

/// <summary>
/// The checksum of long data by multiplication without carries, 256 bytes a step (VPCLMULQDQ with AVX-512). What was read so far is kept as a remainder that is wider than
/// the checksum: multiplied by a power of x it may be added to what comes that much later, and only at the end it is reduced. Works on raw (uninverted) state.
/// </summary>
internal static class Crc32CFolding
{
    /// <summary>What is taken in at a time.</summary>
    public const int StepBytes = 256;

    /// <summary>From how many bytes on it is worth its beginning and end.</summary>
    public const int LengthMin = 2 * StepBytes;

    private const int BitsOfVector = 512;
    private const int BitsOfLane = 128;

    private static readonly Vector128<long> ByStep = Factors(8 * StepBytes);
    private static readonly Vector128<long> ByVector = Factors(BitsOfVector);
    private static readonly Vector128<long> ByLane = Factors(BitsOfLane);

    /// <summary>Whether the processor can.</summary>
    public static bool IsSupported => Pclmulqdq.V512.IsSupported && Sse42.X64.IsSupported;

    /// <summary>Takes in whole steps. Compiled well at once: code of vectors that is compiled in haste is a hundred times slower.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint state, ReadOnlySpan<byte> steps)
    {
        ref var start = ref MemoryMarshal.GetReference(steps);

        // The state so far counts as if it had been added to the first bytes.
        var first = Load(ref start, 0) ^ Vector512.CreateScalar(state).AsInt64();
        var second = Load(ref start, 64);
        var third = Load(ref start, 128);
        var fourth = Load(ref start, 192);
        var factors = Vector512.Create(Vector256.Create(ByStep, ByStep), Vector256.Create(ByStep, ByStep));
        for (nuint offset = StepBytes; offset < (nuint)steps.Length; offset += StepBytes)
        {
            first = Fold(first, factors) ^ Load(ref start, offset);
            second = Fold(second, factors) ^ Load(ref start, offset + 64);
            third = Fold(third, factors) ^ Load(ref start, offset + 128);
            fourth = Fold(fourth, factors) ^ Load(ref start, offset + 192);
        }

        factors = Vector512.Create(Vector256.Create(ByVector, ByVector), Vector256.Create(ByVector, ByVector));
        var all = Fold(Fold(Fold(first, factors) ^ second, factors) ^ third, factors) ^ fourth;
        var (low, high) = (all.GetLower(), all.GetUpper());
        var lane = Fold(Fold(Fold(low.GetLower(), ByLane) ^ low.GetUpper(), ByLane) ^ high.GetLower(), ByLane) ^ high.GetUpper();
        return BitOperations.Crc32C(BitOperations.Crc32C(0, (ulong)lane.ToScalar()), (ulong)lane.GetElement(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Load(ref byte start, nuint offset) => Vector512.LoadUnsafe(ref start, offset).AsInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Fold(Vector512<long> value, Vector512<long> factors) =>
        Pclmulqdq.V512.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.V512.CarrylessMultiply(value, factors, 0x11);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Fold(Vector128<long> value, Vector128<long> factors) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11);

    /// <summary>
    /// What moves 128 bits by a distance: one factor for the half that comes first and has the higher powers, and one for the other. The product of two numbers whose bits
    /// are reflected is off by one power, and factors lie in the upper half of their 64 bits: 33 powers that are not to be multiplied with again.
    /// </summary>
    private static Vector128<long> Factors(int bits) => Vector128.Create(Crc32CPolynomial.PowerOfX(bits + 64 - 33), (long)Crc32CPolynomial.PowerOfX(bits - 33));
}
