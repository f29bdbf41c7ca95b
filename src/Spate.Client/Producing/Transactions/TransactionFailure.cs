using Spate.Client.Errors;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing.Transactions;

/// <summary>Makes the exception for what becomes of a transaction: the end of its producer, or one that can be aborted, or one that is tried again.</summary>
internal static class TransactionFailure
{
    /// <summary>Makes the exception for what a coordinator has answered.</summary>
    public static KafkaException Of(ErrorCode code, ApiKey api, string transactionalId, string? broker, string? subject = null, TopicPartition? partition = null)
    {
        var about = subject ?? $"transactional id '{transactionalId}'";
        return code switch
        {
            ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch => Fenced(code, transactionalId, BrokerFailure.Describe(code, api, broker, about, said: null)),
            ErrorCode.TransactionalIdAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
                new KafkaException(code, BrokerFailure.Describe(code, api, broker, about, said: null)) { Broker = broker, IsFatal = true },
            _ => BrokerFailure.Of(code, api, broker, about, partition),
        };
    }

    /// <summary>Another producer has the transactional id.</summary>
    public static KafkaProducerFencedException Fenced(ErrorCode code, string transactionalId, string what, Exception? cause = null) => new(
        code,
        transactionalId,
        $"{what} Another producer has come with transactional id '{transactionalId}', or the coordinator has ended this one's transaction because it took longer than TransactionTimeout. What it had not committed is aborted.",
        cause);

    /// <summary>The transaction can only be aborted.</summary>
    public static KafkaTransactionException MustAbort(string transactionalId, KafkaException cause) => new(
        cause.ErrorCode, transactionalId, $"The transaction of '{transactionalId}' cannot be committed: {cause.Message} Abort it, and begin another.", cause)
    {
        Broker = cause.Broker,
        Partition = cause.Partition,
    };

    /// <summary>The transaction was aborted by its owner.</summary>
    public static KafkaTransactionException Aborted(string transactionalId) => new(
        ErrorCode.TransactionAbortable, transactionalId, $"The transaction of '{transactionalId}' was aborted before this record was delivered. Nothing of it counts.");
}
