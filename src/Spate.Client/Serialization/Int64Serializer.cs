using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>Eight bytes, most significant first, as Kafka's LongSerializer writes them.</summary>
public sealed class Int64Serializer : ISerializer<long>, IDeserializer<long>, IFixedSize
{
    int? IFixedSize.SizeInBytes => sizeof(long);

    /// <inheritdoc/>
    public void Serialize(long value, IBufferWriter<byte> destination, SerializationContext context)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination.GetSpan(sizeof(long)), value);
        destination.Advance(sizeof(long));
    }

    /// <inheritdoc/>
    public long Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == sizeof(long)
        ? BinaryPrimitives.ReadInt64BigEndian(bytes)
        : throw new FormatException($"An Int64 has {sizeof(long)} bytes; these are {bytes.Length}.");
}
