using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// A broker could not be reached, the connection broke before the answer came, or who answered does not speak the Kafka protocol. Whether the request
/// was carried out is then not known.
/// </summary>
public sealed class KafkaConnectionException : KafkaException
{
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaConnectionException(string message, Exception? innerException = null)
        : base(ErrorCode.NetworkException, message, innerException)
    {
    }
}
