using System.Buffers.Binary;
using System.IO.Hashing;

namespace Spate.Protocol.Compression;

/// <summary>
/// The header of an lz4 frame: magic number, descriptor (flags, block size, perhaps the content's size and a dictionary's id) and
/// one byte of checksum. The first Kafka clients computed that byte over the magic number too; messages of magic 0 must carry it so
/// (KIP-57), and are found with the right one as well.
/// </summary>
internal static class Lz4FrameHeader
{
    /// <summary>The longest header.</summary>
    public const int MaximumSize = 19;

    private const uint MagicNumber = 0x184D2204;
    private const int Descriptor = 4;
    private const int ContentSizeFlag = 0x08;
    private const int DictionaryFlag = 0x01;

    /// <summary>Makes the checksum of a frame that is right for everyone else right for magic 0.</summary>
    public static void WriteLegacyChecksum(Span<byte> frame)
    {
        var at = ChecksumPosition(frame);
        frame[at] = Checksum(frame[..at]);
    }

    /// <summary>
    /// Copies the header of a frame whose checksum is magic 0's own, with the byte that the library expects.
    /// </summary>
    /// <returns>The header's size; 0 when the frame can be read as it is (and when it is no frame, which the library will say).</returns>
    public static int CopyCorrected(ReadOnlySpan<byte> frame, Span<byte> destination)
    {
        if (frame.Length <= Descriptor || BinaryPrimitives.ReadUInt32LittleEndian(frame) != MagicNumber)
        {
            return 0;
        }

        var at = ChecksumPosition(frame);
        if (frame.Length <= at || frame[at] != Checksum(frame[..at]))
        {
            return 0;
        }

        frame[..at].CopyTo(destination);
        destination[at] = Checksum(frame[Descriptor..at]);
        return at + 1;
    }

    private static int ChecksumPosition(ReadOnlySpan<byte> frame)
    {
        var flags = frame[Descriptor];
        return Descriptor + 2 + ((flags & ContentSizeFlag) != 0 ? 8 : 0) + ((flags & DictionaryFlag) != 0 ? 4 : 0);
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes) => (byte)(XxHash32.HashToUInt32(bytes) >> 8);
}
