using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Compression;

/// <summary>
/// Decompresses what others wrote and trusts none of it: the result has a bound, memory grows with what was really produced and not with
/// what a header promises, and bad input is an outcome, not an exception. Safe for all threads.
/// </summary>
public static class Decompressor
{
    /// <summary>The greatest bound that can be asked for.</summary>
    public static int MaximumBytes => Array.MaxLength - 64;

    /// <summary>Replaces the content of <paramref name="destination"/> by what <paramref name="source"/> decompresses to; by nothing on an error.</summary>
    /// <param name="codec">The codec, as read from the attributes.</param>
    /// <param name="source">The compressed bytes.</param>
    /// <param name="maximumBytes">The most bytes that may come out, from 0 to <see cref="MaximumBytes"/>.</param>
    /// <param name="destination">Where the result goes.</param>
    /// <param name="magic">The message format: lz4 has a header checksum of its own in magic 0.</param>
    /// <exception cref="MissingNativeLibraryException">The codec's library is not installed.</exception>
    public static CompressionError Decompress(
        CompressionCodec codec, ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination, byte magic = 2)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumBytes, MaximumBytes);
        destination.Clear();
        var error = codec switch
        {
            CompressionCodec.None => Copy(source, maximumBytes, destination),
            CompressionCodec.Gzip => GzipCodec.Decompress(source, maximumBytes, destination),
            CompressionCodec.Snappy => SnappyCodec.Decompress(source, maximumBytes, destination),
            CompressionCodec.Lz4 => Lz4Codec.Decompress(source, maximumBytes, destination, magic),
            CompressionCodec.Zstd => ZstdCodec.Decompress(source, maximumBytes, destination),
            _ => CompressionError.UnknownCodec,
        };
        if (error != CompressionError.None)
        {
            destination.Clear();
        }

        return error;
    }

    private static CompressionError Copy(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        if (source.Length > maximumBytes)
        {
            return CompressionError.TooLarge;
        }

        source.CopyTo(destination.Append(source.Length));
        return CompressionError.None;
    }
}
