using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>Sixteen bytes, most significant first (RFC 9562). Kafka's UUIDSerializer writes text instead, which <see cref="StringSerializer"/> reads.</summary>
public sealed class GuidSerializer : ISerializer<Guid>, IDeserializer<Guid>
{
    private const int Size = 16;

    /// <inheritdoc/>
    public void Serialize(Guid value, IBufferWriter<byte> destination, SerializationContext context)
    {
        value.TryWriteBytes(destination.GetSpan(Size), bigEndian: true, out var written);
        destination.Advance(written);
    }

    /// <inheritdoc/>
    public Guid Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.Length == Size
        ? new Guid(bytes, bigEndian: true)
        : throw new FormatException($"A Guid has {Size} bytes; these are {bytes.Length}.");
}
