using System.Buffers;
using System.Buffers.Binary;

namespace Spate.Client.Serialization;

/// <summary>Eight bytes of IEEE 754, most significant first, as Kafka's DoubleSerializer writes them.</summary>
public sealed class DoubleSerializer : ISerializer<double>, IDeserializer<double>, IFixedSize
{
    int? IFixedSize.SizeInBytes => sizeof(double);

    /// <inheritdoc/>
    public void Serialize(double value, IBufferWriter<byte> destination, SerializationContext context)
    {
        BinaryPrimitives.WriteDoubleBigEndian(destination.GetSpan(sizeof(double)), value);
        destination.Advance(sizeof(double));
    }

    /// <inheritdoc/>
    public double Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == sizeof(double)
        ? BinaryPrimitives.ReadDoubleBigEndian(bytes)
        : throw new FormatException($"A Double has {sizeof(double)} bytes; these are {bytes.Length}.");
}
