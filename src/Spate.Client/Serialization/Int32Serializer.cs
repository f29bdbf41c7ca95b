using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>Four bytes, most significant first, as Kafka's IntegerSerializer writes them.</summary>
public sealed class Int32Serializer : ISerializer<int>, IDeserializer<int>, IFixedSize
{
    int? IFixedSize.SizeInBytes => sizeof(int);

    /// <inheritdoc/>
    public void Serialize(int value, IBufferWriter<byte> destination, SerializationContext context)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination.GetSpan(sizeof(int)), value);
        destination.Advance(sizeof(int));
    }

    /// <inheritdoc/>
    public int Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == sizeof(int)
        ? BinaryPrimitives.ReadInt32BigEndian(bytes)
        : throw new FormatException($"An Int32 has {sizeof(int)} bytes; these are {bytes.Length}.");
}
