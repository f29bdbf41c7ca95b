using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>The functions of libsnappy's C interface, all for one bare block. Partial for the generated marshalling.</summary>
internal static partial class SnappyLibrary
{
    private const int Ok = 0;

    public static int MaximumCompressedLength(int length) => checked((int)MaximumCompressedLength((nuint)length));

    /// <summary>Compresses into room of <see cref="MaximumCompressedLength(int)"/> bytes and returns how many were used.</summary>
    public static unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var length = (nuint)destination.Length;
        fixed (byte* from = source)
        {
            fixed (byte* to = destination)
            {
                return Compress(from, (nuint)source.Length, to, ref length) == Ok
                    ? (int)length
                    : throw new InvalidOperationException("snappy refused to compress into the room that it had asked for.");
            }
        }
    }

    /// <summary>What the block says that it decompresses to: a promise of its writer.</summary>
    public static unsafe bool TryGetUncompressedLength(ReadOnlySpan<byte> source, out long length)
    {
        fixed (byte* from = source)
        {
            var result = UncompressedLength(from, (nuint)source.Length, out var promised);
            length = (long)promised;
            return result == Ok;
        }
    }

    /// <summary>Fills the destination, which is as long as the block says; false when the block is corrupt.</summary>
    public static unsafe bool TryUncompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var length = (nuint)destination.Length;
        byte none;
        fixed (byte* from = source)
        {
            fixed (byte* to = destination)
            {
                return Uncompress(from, (nuint)source.Length, to is null ? &none : to, ref length) == Ok && length == (nuint)destination.Length;
            }
        }
    }

    [LibraryImport(NativeLibraries.SnappyName, EntryPoint = "snappy_max_compressed_length")]
    private static partial nuint MaximumCompressedLength(nuint length);

    [LibraryImport(NativeLibraries.SnappyName, EntryPoint = "snappy_compress")]
    private static unsafe partial int Compress(byte* source, nuint length, byte* destination, ref nuint destinationLength);

    [LibraryImport(NativeLibraries.SnappyName, EntryPoint = "snappy_uncompressed_length")]
    private static unsafe partial int UncompressedLength(byte* source, nuint length, out nuint result);

    [LibraryImport(NativeLibraries.SnappyName, EntryPoint = "snappy_uncompress")]
    private static unsafe partial int Uncompress(byte* source, nuint length, byte* destination, ref nuint destinationLength);
}
