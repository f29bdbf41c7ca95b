namespace Spate.Protocol.Compression;

/// <summary>
/// The levels that Kafka's <c>compression.gzip.level</c>, <c>compression.lz4.level</c> and <c>compression.zstd.level</c> allow (KIP-390).
/// </summary>
public static class CompressionLevels
{
    public const int GzipDefault = -1;
    public const int Lz4Default = 9;
    public const int ZstdDefault = 3;

    /// <summary>True for null (the default) and for a level that the codec has; the codecs without levels have only null.</summary>
    public static bool IsValid(CompressionCodec codec, int? level) => level is not { } value || codec switch
    {
        CompressionCodec.Gzip => value is GzipDefault or (>= 1 and <= 9),
        CompressionCodec.Lz4 => value is >= 1 and <= 17,
        CompressionCodec.Zstd => value is >= -131072 and <= 22,
        _ => false,
    };
}
