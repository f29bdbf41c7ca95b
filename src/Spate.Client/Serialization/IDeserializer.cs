namespace Spate.Client.Serialization;

/// <summary>Reads values of a type. One instance serves all threads. Null never comes here: it is the type's null, or an error where the type has none.</summary>
/// <typeparam name="T">What is read.</typeparam>
public interface IDeserializer<out T>
{
    /// <summary>Makes a value of all the bytes, which are good only during the call.</summary>
    /// <exception cref="Exception">Whatever is thrown reaches the consumer as the inner exception of a <see cref="KafkaSerializationException"/>.</exception>
    T Deserialize(ReadOnlySpan<byte> bytes, SerializationContext context);
}
