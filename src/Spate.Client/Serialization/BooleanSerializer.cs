using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>One byte, 1 or 0, as Kafka's BooleanSerializer writes it. Any other byte is refused.</summary>
public sealed class BooleanSerializer : ISerializer<bool>, IDeserializer<bool>
{
    /// <inheritdoc/>
    public void Serialize(bool value, IBufferWriter<byte> destination, SerializationContext context)
    {
        destination.GetSpan(1)[0] = value ? (byte)1 : (byte)0;
        destination.Advance(1);
    }

    /// <inheritdoc/>
    public bool Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => bytes switch
    {
        [0] => false,
        [1] => true,
        _ => throw new FormatException($"A Boolean has one byte, which is 0 or 1; these are {bytes.Length} bytes{(bytes.Length == 1 ? $", {bytes[0]}" : "")}."),
    };
}
