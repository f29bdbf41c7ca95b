using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>Options that cannot be used. The message names each fault in a sentence, with the legal range.</summary>
public sealed class KafkaConfigurationException : KafkaException
{
    /// <param name="message">Every fault, a sentence each.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaConfigurationException(string message, Exception? innerException = null)
        : base(ErrorCode.InvalidConfig, message, innerException)
    {
        IsFatal = true;
    }
}
