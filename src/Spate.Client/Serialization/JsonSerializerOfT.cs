using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spate.Client.Serialization;

/// <summary>JSON in UTF-8 by a contract that the compiler has generated, so that it works trimmed and compiled ahead of time.</summary>
/// <typeparam name="T">What is written and read.</typeparam>
public sealed class JsonSerializer<T> : ISerializer<T>, IDeserializer<T>
{
    private readonly JsonTypeInfo<T> _type;

    /// <param name="type">The contract, such as <c>OrderJson.Default.Order</c>.</param>
    public JsonSerializer(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _type = type;
    }

    /// <inheritdoc/>
    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context)
    {
        using var writer = new Utf8JsonWriter(destination);
        JsonSerializer.Serialize(writer, value, _type);
    }

    /// <inheritdoc/>
    public T Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) =>
        JsonSerializer.Deserialize(bytes, _type) ?? throw new FormatException("The JSON says null; a record without a value has no bytes at all.");
}
