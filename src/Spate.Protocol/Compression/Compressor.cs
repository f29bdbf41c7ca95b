using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Compression;

/// <summary>Compresses what goes into a batch or a legacy wrapper message, in the form in which every Kafka client reads it. Safe for all threads.</summary>
public static class Compressor
{
    /// <summary>Compresses <paramref name="source"/> and adds the result to <paramref name="destination"/>.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="level">The level, which <see cref="CompressionLevels.IsValid"/> allows; null for the default.</param>
    /// <param name="source">What to compress; may be empty.</param>
    /// <param name="destination">Where the result is added.</param>
    /// <param name="magic">The message format: lz4 has a header checksum of its own in magic 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The codec has no such level or does not exist.</exception>
    /// <exception cref="MissingNativeLibraryException">The codec's library is not installed.</exception>
    public static void Compress(CompressionCodec codec, int? level, ReadOnlySpan<byte> source, PooledBuffer destination, byte magic = 2)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (!CompressionLevels.IsValid(codec, level))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, $"Not a level of {codec}.");
        }

        switch (codec)
        {
            case CompressionCodec.None:
                source.CopyTo(destination.Append(source.Length));
                break;
            case CompressionCodec.Gzip:
                GzipCodec.Compress(level, source, destination);
                break;
            case CompressionCodec.Snappy:
                SnappyCodec.Compress(source, destination);
                break;
            case CompressionCodec.Lz4:
                Lz4Codec.Compress(level, source, destination, magic);
                break;
            case CompressionCodec.Zstd:
                ZstdCodec.Compress(level, source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec), codec, "No codec has this number.");
        }
    }

    /// <summary>True when the codec can be used on this machine, false when the library it stands on is not installed.</summary>
    public static bool IsAvailable(CompressionCodec codec) => codec switch
    {
        CompressionCodec.None or CompressionCodec.Gzip => true,
        CompressionCodec.Snappy => NativeLibraries.Snappy.TryLoad(),
        CompressionCodec.Lz4 => NativeLibraries.Lz4.TryLoad(),
        CompressionCodec.Zstd => NativeLibraries.Zstd.TryLoad(),
        _ => false,
    };
}
