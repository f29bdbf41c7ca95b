using Spate.Protocol.Errors;
using Spate.Storage;

namespace Spate.Broker.Partitions;

/// <summary>The refusals of a log as the protocol's error codes.</summary>
internal static class StorageErrors
{
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
        _ => throw new InvalidOperationException($"{error} is never an answer to a client."),
    };
}
