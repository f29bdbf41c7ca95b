using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>Four bytes of IEEE 754, most significant first, as Kafka's FloatSerializer writes them.</summary>
public sealed class SingleSerializer : ISerializer<float>, IDeserializer<float>, IFixedSize
{
    int? IFixedSize.SizeInBytes => sizeof(float);

    /// <inheritdoc/>
    public void Serialize(float value, IBufferWriter<byte> destination, SerializationContext context)
    {
        BinaryPrimitives.WriteSingleBigEndian(destination.GetSpan(sizeof(float)), value);
        destination.Advance(sizeof(float));
    }

    /// <inheritdoc/>
    public float Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == sizeof(float)
        ? BinaryPrimitives.ReadSingleBigEndian(bytes)
        : throw new FormatException($"A Single has {sizeof(float)} bytes; these are {bytes.Length}.");
}
