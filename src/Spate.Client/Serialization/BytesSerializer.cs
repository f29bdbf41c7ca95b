using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>Bytes as they are. What is read is a copy.</summary>
public sealed class BytesSerializer :
    ISerializer<byte[]>, IDeserializer<byte[]>, ISerializer<ReadOnlyMemory<byte>>, IDeserializer<ReadOnlyMemory<byte>>
{
    /// <inheritdoc/>
    public void Serialize(byte[] value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value);

    /// <inheritdoc/>
    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value.Span);

    /// <inheritdoc/>
    public byte[] Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.ToArray();

    ReadOnlyMemory<byte> IDeserializer<ReadOnlyMemory<byte>>.Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.ToArray();
}
