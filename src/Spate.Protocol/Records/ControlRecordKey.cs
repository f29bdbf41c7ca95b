using System.Buffers.Binary;

namespace Spate.Protocol.Records;

/// <summary>The key of a control record: two int16.</summary>
/// <param name="Version">The version of the key, which newer writers may raise; from 0.</param>
/// <param name="Type">What the record says; may be a number without a name.</param>
public readonly record struct ControlRecordKey(short Version, ControlRecordType Type)
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 4;

    public ControlRecordKey(ControlRecordType type)
        : this(0, type)
    {
    }

    /// <summary>Reads a key; false when there are too few bytes or the version is negative. Bytes that later versions add are ignored.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out ControlRecordKey key)
    {
        key = default;
        if (source.Length < Size || BinaryPrimitives.ReadInt16BigEndian(source) < 0)
        {
            return false;
        }

        key = new ControlRecordKey(BinaryPrimitives.ReadInt16BigEndian(source), (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(source[2..]));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination, Version);
        BinaryPrimitives.WriteInt16BigEndian(destination[2..], (short)Type);
    }
}
