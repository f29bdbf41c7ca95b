namespace Spate.Storage.Validation;

/// <summary>
/// Why an append was refused. All but the first and the last stand for one error code of the protocol each, which the broker answers with.
/// </summary>
public enum AppendError : byte
{
    None = 0,

    /// <summary>CORRUPT_MESSAGE: the bytes are not whole batches, or a checksum does not match.</summary>
    CorruptMessage,

    /// <summary>INVALID_RECORD: sound bytes that say something a log cannot take.</summary>
    InvalidRecord,

    /// <summary>INVALID_TIMESTAMP: a timestamp outside the topic's bounds, or a timestamp type that only a broker sets.</summary>
    InvalidTimestamp,

    /// <summary>
    /// MESSAGE_TOO_LARGE: a batch above max.message.bytes, as sent or as stored, or above the bound on decompressed bytes.
    /// </summary>
    MessageTooLarge,

    /// <summary>UNSUPPORTED_COMPRESSION_TYPE: a codec that nobody knows, or that this version of the request may not carry.</summary>
    UnsupportedCompressionType,

    /// <summary>INVALID_PRODUCER_EPOCH: a producer id with a negative epoch.</summary>
    InvalidProducerEpoch,

    /// <summary>A follower or a quorum's leader brought offsets that do not follow on. Never an answer to a client.</summary>
    OffsetsOutOfOrder,
}
