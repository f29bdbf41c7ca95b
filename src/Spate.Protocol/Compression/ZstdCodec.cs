using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Compression;

/// <summary>Zstandard through the library's contexts. Several frames one after the other count as one stream.</summary>
internal static class ZstdCodec
{
    private static readonly ContextPool<ZstdCompressionContext> Compressors = new(ZstdCompressionContext.Create);
    private static readonly ContextPool<ZstdDecompressionContext> Decompressors = new(ZstdDecompressionContext.Create);

    public static void Compress(int? level, ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        NativeLibraries.Zstd.Load();
        var context = Compressors.Rent();
        try
        {
            var room = destination.GetSpan(ZstdLibrary.CompressBound(source.Length));
            destination.Advance(context.Compress(level ?? CompressionLevels.ZstdDefault, source, room));
        }
        finally
        {
            Compressors.Return(context);
        }
    }

    public static CompressionError Decompress(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        NativeLibraries.Zstd.Load();
        var context = Decompressors.Rent();
        try
        {
            return Decompress(context, source, maximumBytes, destination);
        }
        finally
        {
            context.Reset();
            if (context.IsOversized)
            {
                context.Dispose();
            }
            else
            {
                Decompressors.Return(context);
            }
        }
    }

    private static CompressionError Decompress(
        ZstdDecompressionContext context, ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        while (true)
        {
            var room = destination.GetRoom(maximumBytes + 1);
            if (!context.TryDecompress(source, room, out var consumed, out var produced, out var isFrameComplete))
            {
                return CompressionError.Corrupt;
            }

            destination.Advance(produced);
            source = source[consumed..];
            if (destination.Length > maximumBytes)
            {
                return CompressionError.TooLarge;
            }

            if (source.IsEmpty && isFrameComplete)
            {
                return CompressionError.None;
            }

            if ((source.IsEmpty && produced < room.Length) || (consumed == 0 && produced == 0))
            {
                return CompressionError.Corrupt;
            }
        }
    }
}
