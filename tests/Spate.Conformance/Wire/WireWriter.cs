using System.Buffers.Binary;
using System.Text;

namespace Spate.Conformance.Wire;

/// <summary>
/// Writes a request field by field, in the encoding of versions before the flexible ones. It shares no code with the product, so that a
/// fault of the product's codec cannot hide itself.
/// </summary>
internal sealed class WireWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public WireWriter Int8(sbyte value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public WireWriter Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return Raw(bytes);
    }

    public WireWriter Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public WireWriter Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Raw(bytes);
    }

    public WireWriter Text(string? value)
    {
        if (value is null)
        {
            return Int16(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return Int16(checked((short)bytes.Length)).Raw(bytes);
    }

    public WireWriter Blob(ReadOnlySpan<byte> value) => Int32(value.Length).Raw(value);

    public WireWriter Raw(ReadOnlySpan<byte> value)
    {
        _bytes.AddRange(value);
        return this;
    }
}
