using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>Two bytes, most significant first, as Kafka's ShortSerializer writes them.</summary>
public sealed class Int16Serializer : ISerializer<short>, IDeserializer<short>, IFixedSize
{
    int? IFixedSize.SizeInBytes => sizeof(short);

    /// <inheritdoc/>
    public void Serialize(short value, IBufferWriter<byte> destination, SerializationContext context)
    {
        BinaryPrimitives.WriteInt16BigEndian(destination.GetSpan(sizeof(short)), value);
        destination.Advance(sizeof(short));
    }

    /// <inheritdoc/>
    public short Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == sizeof(short)
        ? BinaryPrimitives.ReadInt16BigEndian(bytes)
        : throw new FormatException($"An Int16 has {sizeof(short)} bytes; these are {bytes.Length}.");
}
