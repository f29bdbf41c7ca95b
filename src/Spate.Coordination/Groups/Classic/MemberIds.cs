namespace Spate.Coordination.Groups.Classic;

/// <summary>Makes member ids: the client's id, or the instance's, and a random UUID.</summary>
internal static class MemberIds
{
    public static string New(string prefix, Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"{prefix}-{new Guid(bytes, bigEndian: true)}";
    }
}
