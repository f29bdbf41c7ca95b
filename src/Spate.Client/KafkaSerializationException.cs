using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// A serialiser or deserialiser failed, or there is none for a type. For a record that was read, the message names the position, and
/// <see cref="RawKey"/> and <see cref="RawValue"/> hold its bytes.
/// </summary>
public sealed class KafkaSerializationException : KafkaException
{
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What the serialiser threw, or null.</param>
    public KafkaSerializationException(string message, Exception? innerException = null)
        : base(ErrorCode.InvalidRecord, message, innerException)
    {
    }

    /// <summary>The offset of the record that was read; null when one was to be written.</summary>
    public long? Offset { get; init; }

    /// <summary>The key's bytes as they were read; null when it had none or when a record was to be written.</summary>
    public byte[]? RawKey { get; init; }

    /// <summary>The value's bytes as they were read; null when it had none or when a record was to be written.</summary>
    public byte[]? RawValue { get; init; }
}
