using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>The functions of libzstd. Partial for the generated marshalling.</summary>
internal static partial class ZstdLibrary
{
    /// <summary><c>ZSTD_c_compressionLevel</c>.</summary>
    public const int CompressionLevelParameter = 100;

    /// <summary><c>ZSTD_reset_session_only</c>.</summary>
    public const int ResetSession = 1;

    public static int CompressBound(int length) => checked((int)CompressBound((nuint)length));

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompressionContext();

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressionContext(nint context);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetCompressionParameter(ZstdCompressionContext context, int parameter, int value);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_compress2")]
    public static unsafe partial nuint Compress(
        ZstdCompressionContext context, byte* destination, nuint capacity, byte* source, nuint length);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompressionContext();

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressionContext(nint context);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_sizeof_DCtx")]
    public static partial nuint SizeOf(ZstdDecompressionContext context);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_DCtx_reset")]
    public static partial nuint Reset(ZstdDecompressionContext context, int directive);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(ZstdDecompressionContext context, ref ZstdBuffer output, ref ZstdBuffer input);

    [LibraryImport(NativeLibraries.ZstdName, EntryPoint = "ZSTD_compressBound")]
    private static partial nuint CompressBound(nuint length);
}
