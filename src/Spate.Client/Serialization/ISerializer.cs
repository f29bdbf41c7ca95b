using System.Buffers;

namespace Spate.Client.Serialization;

/// <summary>Writes values of a type. One instance serves all threads. Null never comes here: it is written as a null key or value.</summary>
/// <typeparam name="T">What is written.</typeparam>
public interface ISerializer<in T>
{
    /// <summary>Adds the value's bytes to the buffer. It may be called by several threads at once, and does not wait.</summary>
    /// <param name="value">The value, never null.</param>
    /// <param name="destination">Takes the bytes; good until the call returns.</param>
    /// <param name="context">What is written.</param>
    /// <exception cref="Exception">Whatever is thrown reaches the caller as the inner exception of a <see cref="KafkaSerializationException"/>.</exception>
    void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context);
}
