using System.IO.Compression;

namespace Spate.Protocol.Compression;

/// <summary>Gzip by the base class library. Several members one after the other count as one stream, as in RFC 1952.</summary>
internal static class GzipCodec
{
    // Header and trailer alone take eighteen bytes.
    private const int MinimumSize = 18;

    // A member with nothing in it, which the class library does not write: it writes no member at all.
    private static ReadOnlySpan<byte> EmptyMember =>
        [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static void Compress(int? level, ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        if (source.IsEmpty)
        {
            EmptyMember.CopyTo(destination.Append(EmptyMember.Length));
            return;
        }

        var options = new ZLibCompressionOptions { CompressionLevel = level ?? CompressionLevels.GzipDefault };
        using var target = new PooledBufferStream(destination);
        using var gzip = new GZipStream(target, options, leaveOpen: true);
        gzip.Write(source);
    }

    public static unsafe CompressionError Decompress(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        if (source.Length < MinimumSize)
        {
            return CompressionError.Corrupt;
        }

        fixed (byte* start = source)
        {
            using var compressed = new GzipSource(start, source.Length);
            using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
            try
            {
                return Decompress(gzip, maximumBytes + GzipSource.End.Length, destination);
            }
            catch (InvalidDataException)
            {
                return CompressionError.Corrupt;
            }
        }
    }

    private static CompressionError Decompress(GZipStream gzip, int limit, PooledBuffer destination)
    {
        int count;
        do
        {
            count = gzip.Read(destination.GetRoom(limit + 1));
            destination.Advance(count);
            if (destination.Length > limit)
            {
                return CompressionError.TooLarge;
            }
        }
        while (count > 0);

        if (!destination.Span.EndsWith(GzipSource.End))
        {
            return CompressionError.Corrupt;
        }

        destination.Truncate(destination.Length - GzipSource.End.Length);
        return CompressionError.None;
    }
}
