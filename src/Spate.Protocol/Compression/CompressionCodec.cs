namespace Spate.Protocol.Compression;

/// <summary>How the records of a batch, or the value of a legacy wrapper message, are compressed: the low three bits of its attributes.</summary>
public enum CompressionCodec : byte
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,

    /// <summary>Zstandard (KIP-110): batches of magic 2 only.</summary>
    Zstd = 4,
}
