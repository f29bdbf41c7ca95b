namespace Spate.Protocol.Wire;

/// <summary>
/// Record batches inside a message, as bytes that nobody has looked into yet: null, bytes at hand, or a source that is read while it is
/// sent. Bytes at hand belong to whoever made them and must stay as they are until the message has been sent.
/// </summary>
public readonly struct RecordsPayload
{
    private readonly bool _hasBytes;

    public RecordsPayload(ReadOnlyMemory<byte> bytes)
    {
        Bytes = bytes;
        _hasBytes = true;
    }

    public RecordsPayload(IRecordSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>No payload at all, which the protocol tells apart from an empty one.</summary>
    public static RecordsPayload Null => default;

    /// <summary>A payload of no bytes.</summary>
    public static RecordsPayload Empty => new(ReadOnlyMemory<byte>.Empty);

    public bool IsNull => !_hasBytes && Source is null;

    /// <summary>The bytes, when they are at hand; empty otherwise. A payload that was read from a message always has them at hand.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where the bytes come from, when they are not at hand.</summary>
    public IRecordSource? Source { get; }

    /// <summary>Bytes on the wire; 0 when null.</summary>
    public int Length => Source?.Length ?? Bytes.Length;

    public static implicit operator RecordsPayload(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static implicit operator RecordsPayload(byte[]? bytes) => bytes is null ? Null : new(bytes);

    public static RecordsPayload FromReadOnlyMemory(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static RecordsPayload FromByteArray(byte[]? bytes) => bytes;
}
