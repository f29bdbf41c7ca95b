using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>
/// A value type that may be null, such as a number that is deleted from a compacted topic: null is written as no key or value at all, which is not this one's doing, and anything else as without the null.
/// </summary>
internal sealed class NullableSerializer<T>(ISerializer<T> serializer) : ISerializer<T?>, IFixedSize, INullableOf<T>
    where T : struct
{
    int? IFixedSize.SizeInBytes => (serializer as IFixedSize)?.SizeInBytes;

    public void Serialize(T? value, IBufferWriter<byte> destination, SerializationContext context) => serializer.Serialize(value.GetValueOrDefault(), destination, context);

    object? INullableOf<T>.Over(object other) => new NullableSerializer<T>((ISerializer<T>)other);
}
