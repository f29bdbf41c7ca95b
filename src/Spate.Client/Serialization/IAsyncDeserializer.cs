namespace Spate.Client.Serialization;

/// <summary>
/// Reads values of a type where that may take time, such as fetching a schema first. One instance serves all threads; a consumer reads one record after the other. Where
/// everything is at hand, <see cref="IDeserializer{T}"/> does the same without a copy of the bytes. Null never comes here: it is the type's null, or an error where the
/// type has none.
/// </summary>
/// <typeparam name="T">What is read.</typeparam>
public interface IAsyncDeserializer<T>
{
    /// <summary>Makes a value of all the bytes, which are its own to keep.</summary>
    /// <param name="bytes">The key's or the value's bytes.</param>
    /// <param name="context">What is read.</param>
    /// <param name="cancellationToken">The enumeration's: when it is cancelled the record is read again by the next one.</param>
    /// <exception cref="Exception">Whatever is thrown reaches the consumer as the inner exception of a <see cref="KafkaSerializationException"/>.</exception>
    ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> bytes, SerializationContext context, CancellationToken cancellationToken);
}
