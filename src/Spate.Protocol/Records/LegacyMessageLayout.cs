namespace Spate.Protocol.Records;

/// <summary>
/// Where the fields of a message of magic 0 or 1 stand, in bytes from its start: offset, length, CRC-32, magic, attributes, in magic 1 a
/// timestamp (KIP-32), then key and value, each with an int32 length that is -1 for null.
/// </summary>
public static class LegacyMessageLayout
{
    public const int Offset = 0;
    public const int MessageLength = 8;

    /// <summary>CRC-32 (IEEE) of everything from <see cref="Magic"/> to the end.</summary>
    public const int Crc = 12;

    public const int Magic = 16;
    public const int Attributes = 17;

    /// <summary>Only in magic 1.</summary>
    public const int Timestamp = 18;

    /// <summary>Length of the key in magic 0.</summary>
    public const int KeyMagic0 = 18;

    /// <summary>Length of the key in magic 1.</summary>
    public const int KeyMagic1 = 26;

    /// <summary>A message of magic 0 with neither key nor value.</summary>
    public const int MinimumSizeMagic0 = KeyMagic0 + 8;

    /// <summary>A message of magic 1 with neither key nor value.</summary>
    public const int MinimumSizeMagic1 = KeyMagic1 + 8;
}
