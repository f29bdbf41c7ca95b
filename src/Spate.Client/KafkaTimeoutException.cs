using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>A documented time was up before what was asked for was done. The inner exception, if any, is the last failure on the way.</summary>
public sealed class KafkaTimeoutException : KafkaException
{
    /// <param name="message">What was waited for, how long, and what to do next.</param>
    /// <param name="innerException">The last failure on the way, or null.</param>
    public KafkaTimeoutException(string message, Exception? innerException = null)
        : base(ErrorCode.RequestTimedOut, message, innerException)
    {
    }
}
