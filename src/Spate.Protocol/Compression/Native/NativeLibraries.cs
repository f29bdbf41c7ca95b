using System.Reflection;
using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>The system's libraries that codecs stand on. Each is loaded when it is first needed, never before.</summary>
internal static class NativeLibraries
{
    public const string Lz4Name = "lz4";
    public const string SnappyName = "snappy";
    public const string ZstdName = "zstd";

    public static readonly SystemLibrary Lz4 = new(
        Lz4Name,
        ["liblz4.so.1", "liblz4.1.dylib", "liblz4.dylib", "liblz4.so", "liblz4.dll"],
        "apt-get install liblz4-1 (Debian, Ubuntu), apk add lz4-libs (Alpine), brew install lz4 (macOS)");

    public static readonly SystemLibrary Snappy = new(
        SnappyName,
        ["libsnappy.so.1", "libsnappy.1.dylib", "libsnappy.dylib", "libsnappy.so", "snappy.dll"],
        "apt-get install libsnappy1v5 (Debian, Ubuntu), apk add snappy (Alpine), brew install snappy (macOS)");

    public static readonly SystemLibrary Zstd = new(
        ZstdName,
        ["libzstd.so.1", "libzstd.1.dylib", "libzstd.dylib", "libzstd.so", "libzstd.dll"],
        "apt-get install libzstd1 (Debian, Ubuntu), apk add zstd-libs (Alpine), brew install zstd (macOS)");

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        Lz4Name => Lz4.Load(),
        SnappyName => Snappy.Load(),
        ZstdName => Zstd.Load(),
        _ => nint.Zero,
    };
}
