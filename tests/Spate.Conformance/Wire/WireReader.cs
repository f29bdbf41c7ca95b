using System.Buffers.Binary;
using System.Text;

namespace Spate.Conformance.Wire;

/// <summary>Reads a reply field by field, in the encoding of versions before the flexible ones.</summary>
internal sealed class WireReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    public int Remaining => bytes.Length - _position;

    public sbyte Int8() => (sbyte)Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string? Text()
    {
        var length = Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>Bytes behind their length; none for null.</summary>
    public ReadOnlySpan<byte> Blob() => Take(Math.Max(Int32(), 0));

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.Span.Slice(_position, count);
        _position += count;
        return taken;
    }
}
