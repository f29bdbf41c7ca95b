namespace Spate.Protocol.Compression;

/// <summary>How a decompression ended.</summary>
public enum CompressionError : byte
{
    None = 0,

    /// <summary>The bytes are not, or not wholly, what the codec writes.</summary>
    Corrupt,

    /// <summary>The result would exceed the bound that the caller gave; nothing beyond the bound was produced.</summary>
    TooLarge,

    /// <summary>The codec's number is none of Kafka's.</summary>
    UnknownCodec,
}
