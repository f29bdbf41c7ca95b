namespace Spate.Client.Serialization;

/// <summary>Reads what <see cref="NullableSerializer{T}"/> writes; no key or value at all is the type's null.</summary>
internal sealed class NullableDeserializer<T>(IDeserializer<T> deserializer) : IDeserializer<T?>, IFixedSize, INullableOf<T>
    where T : struct
{
    int? IFixedSize.SizeInBytes => (deserializer as IFixedSize)?.SizeInBytes;

    public T? Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context) => deserializer.Deserialize(bytes, context);

    // What reads asynchronously reads no nullable type until one is added for it.
    object? INullableOf<T>.Over(object other) => other is IDeserializer<T> reader ? new NullableDeserializer<T>(reader) : null;
}
