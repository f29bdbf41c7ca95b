using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Spate.Protocol;

/// <summary>
/// A 128-bit id as the protocol carries it: sixteen bytes, most significant first, printed in the URL-safe base64 form
/// without padding (22 characters). Topics, log directories and cluster members are named by such ids (KIP-516).
/// </summary>
public readonly record struct Uuid(ulong High, ulong Low) : IComparable<Uuid>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 16;

    /// <summary>All bits zero: "no id".</summary>
    public static Uuid Zero => default;

    public bool IsZero => High == 0 && Low == 0;

    /// <summary>Reads an id from exactly the first sixteen bytes of <paramref name="source"/>.</summary>
    public static Uuid Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));

    /// <summary>
    /// A random id of version 4 from the given source of randomness, never <see cref="Zero"/> and never one whose text starts with a
    /// dash, which a command line would take for an option.
    /// </summary>
    public static Uuid NewRandom(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[Size];
        while (true)
        {
            random.NextBytes(bytes);
            bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            var candidate = Read(bytes);
            if (candidate.ToString()[0] != '-')
            {
                return candidate;
            }
        }
    }

    /// <summary>Writes the id to the first sixteen bytes of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>Reads the base64 form; false when <paramref name="text"/> is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Uuid uuid)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text is { Length: 22 } && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Size)
        {
            uuid = Read(bytes);
            return true;
        }

        uuid = default;
        return false;
    }

    public int CompareTo(Uuid other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public static bool operator <(Uuid left, Uuid right) => left.CompareTo(right) < 0;

    public static bool operator >(Uuid left, Uuid right) => left.CompareTo(right) > 0;

    public static bool operator <=(Uuid left, Uuid right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Uuid left, Uuid right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
