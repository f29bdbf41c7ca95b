using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>
/// Bytes as they are. A <c>byte[]</c> that is read is a copy and may be kept. A <c>ReadOnlyMemory&lt;byte&gt;</c> that a consumer reads is lent: it lies where it was received, is
/// good until the enumeration goes on, and throws <see cref="ObjectDisposedException"/> once what it was received in is used for something else.
/// </summary>
public sealed class BytesSerializer :
    ISerializer<byte[]>, IDeserializer<byte[]>, ISerializer<ReadOnlyMemory<byte>>, IDeserializer<ReadOnlyMemory<byte>>, ILendingDeserializer<ReadOnlyMemory<byte>>
{
    /// <inheritdoc/>
    public void Serialize(byte[] value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value);

    /// <inheritdoc/>
    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value.Span);

    /// <inheritdoc/>
    public byte[] Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.ToArray();

    ReadOnlyMemory<byte> IDeserializer<ReadOnlyMemory<byte>>.Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes.ToArray();

    ReadOnlyMemory<byte> ILendingDeserializer<ReadOnlyMemory<byte>>.Lend(ReadOnlyMemory<byte> bytes) => bytes;
}
