using System.Buffers.Binary;
using Spate.Protocol.Compression.Native;

namespace Spate.Protocol.Compression;

/// <summary>
/// Snappy in the two forms that Kafka clients send: the bare block (librdkafka and most others) and the framing of the Java library, a
/// header and then blocks of 32 KiB, each behind its length. Every client reads the latter, so it is what is written.
/// </summary>
internal static class SnappyCodec
{
    private const int BlockSize = 32 * 1024;

    // No snappy element makes more of its bytes than a copy with a two-byte offset: 64 bytes out of 3.
    private const int MaximumExpansion = 22;

    // The name is followed by the version of the format and the oldest version that can read it, both 1.
    private const int FrameHeaderSize = 16;

    private static ReadOnlySpan<byte> FrameHeader => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> FrameName => FrameHeader[..8];

    public static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        NativeLibraries.Snappy.Load();
        FrameHeader.CopyTo(destination.Append(FrameHeaderSize));
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(source.Length, BlockSize)];
            var room = destination.GetSpan(checked(sizeof(int) + SnappyLibrary.MaximumCompressedLength(block.Length)));
            var length = SnappyLibrary.Compress(block, room[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(room, length);
            destination.Advance(sizeof(int) + length);
            source = source[block.Length..];
        }
    }

    public static CompressionError Decompress(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        NativeLibraries.Snappy.Load();
        return source.StartsWith(FrameName)
            ? DecompressFrames(source, maximumBytes, destination)
            : DecompressBlock(source, maximumBytes, destination);
    }

    private static CompressionError DecompressFrames(ReadOnlySpan<byte> source, int maximumBytes, PooledBuffer destination)
    {
        while (!source.IsEmpty)
        {
            // Streams may be joined end to end, so a header can stand wherever a block can.
            if (source.StartsWith(FrameName))
            {
                if (source.Length < FrameHeaderSize)
                {
                    return CompressionError.Corrupt;
                }

                source = source[FrameHeaderSize..];
                continue;
            }

            if (source.Length < sizeof(int))
            {
                return CompressionError.Corrupt;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(source);
            source = source[sizeof(int)..];
            if (length <= 0 || length > source.Length)
            {
                return CompressionError.Corrupt;
            }

            var error = DecompressBlock(source[..length], maximumBytes, destination);
            if (error != CompressionError.None)
            {
                return error;
            }

            source = source[length..];
        }

        return CompressionError.None;
    }

    private static CompressionError DecompressBlock(ReadOnlySpan<byte> block, int maximumBytes, PooledBuffer destination)
    {
        if (!SnappyLibrary.TryGetUncompressedLength(block, out var length))
        {
            return CompressionError.Corrupt;
        }

        if (length > maximumBytes - destination.Length)
        {
            return CompressionError.TooLarge;
        }

        // The length is only a promise: one that the bytes cannot keep is refused before room is made for it.
        if (length > (long)block.Length * MaximumExpansion)
        {
            return CompressionError.Corrupt;
        }

        return SnappyLibrary.TryUncompress(block, destination.Append((int)length)) ? CompressionError.None : CompressionError.Corrupt;
    }
}
