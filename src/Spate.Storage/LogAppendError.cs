namespace Spate.Storage;

/// <summary>Why a log refused an append. Each value has one error code of the protocol, which the broker maps it to.</summary>
public enum LogAppendError : byte
{
    None = 0,

    /// <summary>CORRUPT_MESSAGE: the bytes are not whole batches, or a checksum does not match.</summary>
    CorruptMessage,

    /// <summary>INVALID_RECORD: sound bytes that say something a log cannot take.</summary>
    InvalidRecord,

    /// <summary>INVALID_TIMESTAMP: outside the topic's bounds.</summary>
    InvalidTimestamp,

    /// <summary>MESSAGE_TOO_LARGE: a batch above <c>max.message.bytes</c>.</summary>
    MessageTooLarge,

    /// <summary>RECORD_LIST_TOO_LARGE: more than a segment holds.</summary>
    RecordListTooLarge,

    /// <summary>UNSUPPORTED_COMPRESSION_TYPE.</summary>
    UnsupportedCompressionType,

    /// <summary>OUT_OF_ORDER_SEQUENCE_NUMBER: a batch before this one is missing.</summary>
    OutOfOrderSequence,

    /// <summary>INVALID_PRODUCER_EPOCH: a newer instance of the producer is known.</summary>
    InvalidProducerEpoch,

    /// <summary>INVALID_TXN_STATE: the batch does not fit the transaction that is open, or was not verified.</summary>
    InvalidTransactionState,

    /// <summary>TRANSACTION_COORDINATOR_FENCED: a newer transaction coordinator is known.</summary>
    TransactionCoordinatorFenced,

    /// <summary>NOT_LEADER_OR_FOLLOWER: whoever appends led in an epoch that another has followed.</summary>
    LeaderEpochPast,

    /// <summary>Replicated batches that do not lie behind the log's end. Never an answer to a client.</summary>
    OffsetsOutOfOrder,
}
