using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>What transactions say in the log file.</summary>
internal static partial class TransactionLog
{
    [LoggerMessage(1, LogLevel.Warning, "Records of type {Type} in __transaction_state are not understood and are passed over.")]
    public static partial void SkippedRecords(ILogger logger, short type);

    [LoggerMessage(2, LogLevel.Information, "The transaction of {TransactionalId} (producer {ProducerId}, epoch {ProducerEpoch}) is aborted: {Reason}.")]
    public static partial void Fenced(ILogger logger, string transactionalId, long producerId, short producerEpoch, string reason);

    [LoggerMessage(3, LogLevel.Information, "{TransactionalId} has not been used for so long that it is forgotten.")]
    public static partial void Expired(ILogger logger, string transactionalId);

    [LoggerMessage(4, LogLevel.Warning, "The end of the transaction of {TransactionalId} could not be written to {Partition} ({Error}); it is tried again.")]
    public static partial void MarkerRefused(ILogger logger, string transactionalId, TopicPartition partition, ErrorCode error);

    [LoggerMessage(5, LogLevel.Error, "The markers of the transaction of {TransactionalId} could not be written; they are tried again.")]
    public static partial void MarkersFailed(ILogger logger, Exception failure, string transactionalId);
}
