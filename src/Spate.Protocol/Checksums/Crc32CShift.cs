namespace Spate.Protocol.Checksums;

/// <summary>
/// Moves a running checksum past a fixed number of zero bytes with four table look-ups. Checksums of neighbouring blocks that were
/// computed side by side are joined so: shift the first past the length of the second, and xor.
/// </summary>
internal sealed class Crc32CShift
{
    private readonly uint[] _table = new uint[4 * 256];

    public Crc32CShift(int byteCount)
    {
        var factor = Crc32CPolynomial.PowerOfX(8 * byteCount);
        for (var lane = 0; lane < 4; lane++)
        {
            for (var value = 0; value < 256; value++)
            {
                _table[(lane * 256) + value] = Crc32CPolynomial.Multiply((uint)value << (8 * lane), factor);
            }
        }
    }

    public uint Apply(uint checksum) =>
        _table[checksum & 0xFF]
        ^ _table[256 + ((checksum >> 8) & 0xFF)]
        ^ _table[512 + ((checksum >> 16) & 0xFF)]
        ^ _table[768 + (checksum >> 24)];
}
