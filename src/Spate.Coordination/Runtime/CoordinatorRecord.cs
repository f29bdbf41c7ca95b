namespace Spate.Coordination.Runtime;

/// <summary>One record of an internal topic.</summary>
/// <param name="Key">What the record speaks of; compaction keeps the last record of each key.</param>
/// <param name="Value">What is said of it; null takes it back (a tombstone).</param>
public readonly record struct CoordinatorRecord(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>
    /// Takes back what was said of a key. Worth its own name: a conditional expression with a null in it is easily taken for empty bytes.
    /// </summary>
    public static CoordinatorRecord Tombstone(ReadOnlyMemory<byte> key) => new(key, null);

    /// <summary>Bytes of key and value together, without what a batch adds.</summary>
    public int Size => Key.Length + (Value?.Length ?? 0);
}
