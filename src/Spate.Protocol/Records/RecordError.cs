namespace Spate.Protocol.Records;

/// <summary>
/// Why bytes are not the records they claim to be. Everything but <see cref="None"/>, <see cref="Incomplete"/>,
/// <see cref="TooLarge"/> and <see cref="IncompatibleCodec"/> means corruption: whoever produced the bytes is told CORRUPT_MESSAGE
/// or INVALID_RECORD.
/// </summary>
public enum RecordError : byte
{
    None = 0,

    /// <summary>The bytes end before the batch does. At the end of a fetch or of a file being written this is no fault.</summary>
    Incomplete,

    /// <summary>A magic that is not 0, 1 or 2, or not the one that this call reads.</summary>
    UnsupportedMagic,

    /// <summary>The length field is too small for the magic, or disagrees with the bytes.</summary>
    InvalidBatchLength,

    /// <summary>The checksum does not match the bytes.</summary>
    CrcMismatch,

    /// <summary>The codec is unknown or not allowed with this magic, or the compressed bytes are not what the codec writes.</summary>
    InvalidCompression,

    /// <summary>Decompressing would exceed the bound that the caller gave.</summary>
    TooLarge,

    /// <summary>The records are sound, but their codec cannot stand in the older format that was asked for (zstd before magic 2).</summary>
    IncompatibleCodec,

    /// <summary>The number of records is negative or cannot fit into the bytes.</summary>
    InvalidRecordCount,

    /// <summary>A variable-length integer runs past the bytes or does not fit its type.</summary>
    InvalidVarint,

    /// <summary>A record's length is too small, runs past the batch, or is not what its fields add up to.</summary>
    InvalidRecordLength,

    /// <summary>The length of a key runs past the record or is below -1.</summary>
    InvalidKeyLength,

    /// <summary>The length of a value runs past the record or is below -1.</summary>
    InvalidValueLength,

    /// <summary>The headers are more than the record can hold, or one of their lengths is wrong.</summary>
    InvalidHeader,

    /// <summary>Bytes follow the last record that the batch counts.</summary>
    TrailingBytes,

    /// <summary>Offsets of inner messages do not rise, or reach outside their batch.</summary>
    InvalidOffset,

    /// <summary>A wrapper message is empty or holds a wrapper itself, or its content has another magic.</summary>
    InvalidNesting,

    /// <summary>The key or the value of a control record is not one.</summary>
    InvalidControlRecord,
}
