using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Partitions;

/// <summary>The refusals of a log as the protocol's error codes.</summary>
internal static class StorageErrors
{
    /// <summary>
    /// Whether the records were held against what is in the log, or read one by one; Kafka tells the log's start with such a refusal, and not
    /// where the bytes were refused for what they are.
    /// </summary>
    public static bool IsAboutTheLog(this LogAppendError error) => error is LogAppendError.InvalidRecord or LogAppendError.InvalidTimestamp
        or LogAppendError.OutOfOrderSequence or LogAppendError.InvalidProducerEpoch or LogAppendError.InvalidTransactionState;

    public static ErrorCode ToErrorCode(this LogAppendError error) => error switch
    {
        LogAppendError.None => ErrorCode.None,
        LogAppendError.CorruptMessage => ErrorCode.CorruptMessage,
        LogAppendError.InvalidRecord => ErrorCode.InvalidRecord,
        LogAppendError.InvalidTimestamp => ErrorCode.InvalidTimestamp,
        LogAppendError.MessageTooLarge => ErrorCode.MessageTooLarge,
        LogAppendError.RecordListTooLarge => ErrorCode.RecordListTooLarge,
        LogAppendError.UnsupportedCompressionType => ErrorCode.UnsupportedCompressionType,
        LogAppendError.OutOfOrderSequence => ErrorCode.OutOfOrderSequenceNumber,
        LogAppendError.InvalidProducerEpoch => ErrorCode.InvalidProducerEpoch,
        LogAppendError.InvalidTransactionState => ErrorCode.InvalidTxnState,
        LogAppendError.TransactionCoordinatorFenced => ErrorCode.TransactionCoordinatorFenced,
        LogAppendError.LeaderEpochPast => ErrorCode.NotLeaderOrFollower,
        _ => throw new InvalidOperationException($"{error} is never an answer to a client."),
    };
}
