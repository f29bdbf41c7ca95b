using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Compression;

/// <summary>Lz4 in its frame format, through the library's own frame functions.</summary>
internal static class Lz4Codec
{
    // What the library takes for its slowest method; Kafka's Java library counts on to 17.
    private const int StrongestLevel = 12;

    // From here on the library uses its thorough method; Kafka does so at every level but the default.
    private const int WeakestThoroughLevel = 3;

    private static readonly ContextPool<Lz4DecompressionContext> Contexts = new(Lz4DecompressionContext.Create);

    public static void Compress(int? level, ReadOnlySpan<byte> source, PooledBuffer destination, byte magic)
    {
        NativeLibraries.Lz4.Load();
        var preferences = new Lz4Preferences
        {
            BlockSizeId = Lz4Preferences.Block64KiB,
            BlockMode = Lz4Preferences.IndependentBlocks,
            CompressionLevel = level is null or CompressionLevels.Lz4Default
                ? 0
                : Math.Clamp(level.Value, WeakestThoroughLevel, StrongestLevel),
        };
        var room = destination.GetSpan(Lz4Library.CompressFrameBound(source.Length, preferences));
        var length = Lz4Library.CompressFrame(room, source, preferences);
        if (magic == 0)
        {
            Lz4FrameHeader.WriteLegacyChecksum(room[..length]);
        }

        destination.Advance(length);
    }

    public static CompressionError Decompress(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination, byte magic)
    {
        NativeLibraries.Lz4.Load();
        Span<byte> header = stackalloc byte[Lz4FrameHeader.MaximumSize];
        var headerSize = magic == 0 ? Lz4FrameHeader.CopyCorrected(source, header) : 0;
        var context = Contexts.Rent();
        var error = CompressionError.Corrupt;
        try
        {
            error = Decompress(context, header[..headerSize], source[headerSize..], maximumBytes, destination);
        }
        finally
        {
            // After anything but a clean end the context stands in the middle of a frame.
            if (error != CompressionError.None)
            {
                context.Reset();
            }

            Contexts.Return(context);
        }

        return error;
    }

    private static CompressionError Decompress(
        Lz4DecompressionContext context, ReadOnlySpan<byte> header, ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        var input = header.IsEmpty ? source : header;
        var isHeader = !header.IsEmpty;
        while (true)
        {
            var room = destination.GetRoom(maximumBytes + 1);
            if (!context.TryDecompress(input, room, out var consumed, out var produced, out var isFrameComplete))
            {
                return CompressionError.Corrupt;
            }

            destination.Advance(produced);
            input = input[consumed..];
            if (destination.Length > maximumBytes)
            {
                return CompressionError.TooLarge;
            }

            if (input.IsEmpty && isHeader)
            {
                input = source;
                isHeader = false;
                continue;
            }

            if (input.IsEmpty && isFrameComplete)
            {
                return CompressionError.None;
            }

            if ((input.IsEmpty && produced < room.Length) || (consumed == 0 && produced == 0))
            {
                return CompressionError.Corrupt;
            }
        }
    }
}
