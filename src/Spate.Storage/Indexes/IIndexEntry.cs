namespace Spate.Storage.Indexes;

/// <summary>An entry of fixed size in an index file, big-endian.</summary>
public interface IIndexEntry<TSelf>
    where TSelf : struct, IIndexEntry<TSelf>
{
    /// <summary>Bytes of an entry.</summary>
    static abstract int Size { get; }

    /// <summary>What the index is searched by; never falls from entry to entry.</summary>
    long Key { get; }

    /// <summary>Offset less the base offset of the segment; never falls from entry to entry.</summary>
    int RelativeOffset { get; }

    static abstract TSelf Read(ReadOnlySpan<byte> source);

    void Write(Span<byte> destination);

    /// <summary>Whether the entry may stand behind another one in a sound index.</summary>
    bool Follows(TSelf previous);
}
