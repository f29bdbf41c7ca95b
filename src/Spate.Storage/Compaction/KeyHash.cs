using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Spate.Storage.Compaction;

/// <summary>
/// Hashes the keys of records to 128 bits: SipHash-2-4 under a secret of its own. Two keys with the same hash count as one, and then the older
/// record is lost; so nobody who chooses keys may be able to find such a pair. An unkeyed fast hash would let them, MD5 has let them since 2004,
/// and SHA-256 costs many times as much on short keys. Without the secret, the chance of a pair among n keys is n² / 2^129: among a billion less
/// than one in 10^20. Immutable.
/// </summary>
internal readonly struct KeyHash(ulong first, ulong second)
{
    private const int WordSize = sizeof(ulong);
    private const ulong WideMark = 0xEE;
    private const ulong SecondHalfMark = 0xDD;

    /// <summary>One with a secret that nobody can foresee. Nothing but the places in a table depends on it, so it is not taken from a seed.</summary>
    public static KeyHash CreateSecret()
    {
        Span<byte> secret = stackalloc byte[2 * WordSize];
        RandomNumberGenerator.Fill(secret);
        return new KeyHash(BinaryPrimitives.ReadUInt64LittleEndian(secret), BinaryPrimitives.ReadUInt64LittleEndian(secret[WordSize..]));
    }

    /// <summary>The hash: the first eight bytes in the lower half, the last eight in the upper half.</summary>
    public UInt128 Compute(ReadOnlySpan<byte> key)
    {
        var v0 = first ^ 0x736F6D6570736575;
        var v1 = second ^ 0x646F72616E646F6D ^ WideMark;
        var v2 = first ^ 0x6C7967656E657261;
        var v3 = second ^ 0x7465646279746573;
        var rest = key;
        for (; rest.Length >= WordSize; rest = rest[WordSize..])
        {
            Mix(ref v0, ref v1, ref v2, ref v3, BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        var last = (ulong)key.Length << 56;
        for (var index = 0; index < rest.Length; index++)
        {
            last |= (ulong)rest[index] << (8 * index);
        }

        Mix(ref v0, ref v1, ref v2, ref v3, last);
        v2 ^= WideMark;
        Finish(ref v0, ref v1, ref v2, ref v3);
        var lower = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= SecondHalfMark;
        Finish(ref v0, ref v1, ref v2, ref v3);
        return new UInt128(v0 ^ v1 ^ v2 ^ v3, lower);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, ulong word)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
