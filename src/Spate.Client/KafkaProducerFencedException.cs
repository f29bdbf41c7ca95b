using Spate.Protocol.Errors;

namespace Spate.Client;

/// <summary>
/// Another producer has come with the same <c>TransactionalId</c>, or the coordinator has put this one out: nothing that it sends counts any more. It is always
/// <see cref="KafkaException.IsFatal"/>: what it had under way has been aborted, and whoever is left with it goes on as the newer one, or not at all.
/// </summary>
public sealed class KafkaProducerFencedException : KafkaException
{
    /// <param name="errorCode">The protocol's code for it.</param>
    /// <param name="transactionalId">The transactional id.</param>
    /// <param name="message">What failed, where, and what to do next.</param>
    /// <param name="innerException">What lay beneath, or null.</param>
    public KafkaProducerFencedException(ErrorCode errorCode, string transactionalId, string message, Exception? innerException = null)
        : base(errorCode, message, innerException)
    {
        TransactionalId = transactionalId;
        IsRetriable = false;
        IsFatal = true;
    }

    /// <summary>The transactional id.</summary>
    public string TransactionalId { get; }
}
