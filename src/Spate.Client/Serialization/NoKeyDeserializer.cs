
namespace Spate.Client.Serialization;

/// <summary>Looks at nothing: for consumers to whom keys, whatever they are, say nothing.</summary>
public sealed class NoKeyDeserializer : IDeserializer<NoKey>
{
    /// <inheritdoc/>
    public NoKey Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => default;
}
