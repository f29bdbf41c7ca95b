using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// A broker did not accept who the client says it is, or is not who it should be itself. Trying again with the same credentials does not help, and may lock an account: the
/// client does so only when it is asked to.
/// </summary>
public sealed class KafkaAuthenticationException : KafkaException
{
    /// <param name="errorCode">The protocol's code for it.</param>
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaAuthenticationException(ErrorCode errorCode, string message, Exception? innerException = null)
        : base(errorCode, message, innerException) => IsFatal = true;
}
