using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// A transaction cannot be committed, since something in it has failed: <see cref="Exception.InnerException"/> says what, if anything did. It always
/// <see cref="KafkaException.MustAbort">must be aborted</see>, which disposing does too; after that the same producer begins the next one.
/// </summary>
public sealed class KafkaTransactionException : KafkaException
{
    /// <param name="errorCode">The protocol's code for it.</param>
    /// <param name="transactionalId">The transactional id.</param>
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaTransactionException(ErrorCode errorCode, string transactionalId, string message, Exception? innerException = null)
        : base(errorCode, message, innerException)
    {
        TransactionalId = transactionalId;
        IsRetriable = false;
        MustAbort = true;
    }

    /// <summary>The transactional id.</summary>
    public string TransactionalId { get; }
}
