using System.Buffers;
using Google.Protobuf;

namespace Spate.Client.Serialization;

/// <summary>
/// Protobuf by the classes that its compiler generates: the bytes of the message and nothing else, written into and read from the client's own memory. The frame
/// that a schema registry puts in front of a message is not part of it.
/// </summary>
/// <typeparam name="T">What is written and read.</typeparam>
public sealed class ProtobufSerializer<T> : ISerializer<T>, IDeserializer<T>
    where T : class, IMessage<T>
{
    private readonly MessageParser<T> _parser;

    /// <param name="parser">What makes messages, such as <c>Order.Parser</c>.</param>
    public ProtobufSerializer(MessageParser<T> parser)
    {
        ArgumentNullException.ThrowIfNull(parser);
        _parser = parser;
    }

    /// <inheritdoc/>
    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context) => value.WriteTo(destination);

    /// <inheritdoc/>
    public T Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => _parser.ParseFrom(bytes);
}
