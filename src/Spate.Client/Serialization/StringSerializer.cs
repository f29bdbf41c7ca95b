using System.Buffers;
using System.Text;

namespace Spate.Client.Serialization;

/// <summary>Text in UTF-8, as Kafka's StringSerializer writes it. Bytes that are not UTF-8 are refused, and so is text with half of a surrogate pair.</summary>
public sealed class StringSerializer : ISerializer<string>, IDeserializer<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc/>
    public void Serialize(string value, IBufferWriter<byte> destination, SerializationContext context) => Strict.GetBytes(value, destination);

    /// <inheritdoc/>
    public string Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => Strict.GetString(bytes);
}
