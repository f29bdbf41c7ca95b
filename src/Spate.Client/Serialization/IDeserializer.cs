namespace Spate.Client.Serialization;

/// <summary>Reads values of a type. One instance serves all threads. Null never comes here: it is the type's null, or an error where the type has none.</summary>
/// <typeparam name="T">What is read.</typeparam>
public interface IDeserializer<out T>
{
    /// <summary>Makes a value of all the bytes. It may be called by several threads at once, and does not wait.</summary>
    /// <param name="bytes">The key's or the value's bytes, good only during the call; empty where they are, null never.</param>
    /// <param name="context">What is read.</param>
    /// <exception cref="Exception">Whatever is thrown reaches the consumer as the inner exception of a <see cref="KafkaSerializationException"/>.</exception>
    T Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context);
}
