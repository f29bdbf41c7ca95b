using System.Runtime.InteropServices;

namespace Spate.Protocol.Compression.Native;

/// <summary>The library's <c>LZ4F_preferences_t</c>, field for field. All zero is its default.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Lz4Preferences
{
    public const int Block64KiB = 4;
    public const int IndependentBlocks = 1;

    public int BlockSizeId;
    public int BlockMode;
    public int ContentChecksumFlag;
    public int FrameType;
    public ulong ContentSize;
    public uint DictionaryId;
    public int BlockChecksumFlag;
    public int CompressionLevel;
    public uint AutoFlush;
    public uint FavorDecompressionSpeed;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
}
