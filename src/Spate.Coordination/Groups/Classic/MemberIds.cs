namespace Spate.Coordination.Groups.Classic;

/// <summary>Makes member ids: the client's id, or the instance's, and a random UUID.</summary>
internal static class MemberIds
{
    /// <summary>Clients may call themselves what they like; an id must still fit into a string of the protocol.</summary>
    private const int PrefixLengthMax = 255;

    public static string New(string prefix, Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"{Shorten(prefix)}-{new Guid(bytes, bigEndian: true)}";
    }

    private static string Shorten(string prefix)
    {
        if (prefix.Length <= PrefixLengthMax)
        {
            return prefix;
        }

        // A character of two units stays whole, or the id would not survive being written and read.
        return prefix[..(char.IsHighSurrogate(prefix[PrefixLengthMax - 1]) ? PrefixLengthMax - 1 : PrefixLengthMax)];
    }
}
