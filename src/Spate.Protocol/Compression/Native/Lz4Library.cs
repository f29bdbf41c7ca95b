using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>The functions of liblz4's frame interface. Partial for the generated marshalling.</summary>
internal static partial class Lz4Library
{
    /// <summary>The version of the interface that the callers below were written for (<c>LZ4F_VERSION</c>).</summary>
    public const uint Version = 100;

    public static int CompressFrameBound(int length, in Lz4Preferences preferences) =>
        checked((int)CompressFrameBound((nuint)length, in preferences));

    public static unsafe int CompressFrame(Span<byte> destination, ReadOnlySpan<byte> source, in Lz4Preferences preferences)
    {
        fixed (byte* to = destination)
        {
            fixed (byte* from = source)
            {
                var length = CompressFrame(to, (nuint)destination.Length, from, (nuint)source.Length, in preferences);
                return IsError(length) == 0
                    ? (int)length
                    : throw new InvalidOperationException("lz4 refused to compress into the room that it had asked for.");
            }
        }
    }

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_createDecompressionContext")]
    public static partial nuint CreateDecompressionContext(out nint context, uint version);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_freeDecompressionContext")]
    public static partial nuint FreeDecompressionContext(nint context);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_resetDecompressionContext")]
    public static partial void ResetDecompressionContext(Lz4DecompressionContext context);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_decompress")]
    public static unsafe partial nuint Decompress(
        Lz4DecompressionContext context, byte* destination, ref nuint destinationLength, byte* source, ref nuint sourceLength, void* options);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_compressFrameBound")]
    private static partial nuint CompressFrameBound(nuint length, in Lz4Preferences preferences);

    [LibraryImport(NativeLibraries.Lz4Name, EntryPoint = "LZ4F_compressFrame")]
    private static unsafe partial nuint CompressFrame(
        byte* destination, nuint capacity, byte* source, nuint length, in Lz4Preferences preferences);
}
