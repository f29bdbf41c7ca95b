namespace Spate.Protocol.Wire;

/// <summary>What a message from outside may hold at most. Lengths are also held against the bytes that are there, before anything is allocated.</summary>
public static class WireLimits
{
    /// <summary>Elements in one array. The largest that occur in earnest are the partitions of a topic, some thousands.</summary>
    public const int ArrayElements = 1_000_000;

    /// <summary>Tagged fields in one section. A version that needed more than a handful would have become a new version.</summary>
    public const int TaggedFields = 10_000;

    /// <summary>Bytes of one string, in UTF-8. The old encoding has no room for more, and the compact one keeps the bound.</summary>
    public const int StringBytes = short.MaxValue;
}
