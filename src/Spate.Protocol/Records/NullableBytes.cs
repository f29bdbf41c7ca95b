namespace Spate.Protocol.Records;

/// <summary>A key or value as a record carries it: bytes, perhaps none, or null, which is something else. The default is null.</summary>
public readonly ref struct NullableBytes
{
    private readonly bool _isPresent;

    public NullableBytes(ReadOnlySpan<byte> bytes)
    {
        Span = bytes;
        _isPresent = true;
    }

    public static NullableBytes Null => default;

    public bool IsNull => !_isPresent;

    /// <summary>The bytes; empty when null.</summary>
    public ReadOnlySpan<byte> Span { get; }

    /// <summary>The length as records encode it: -1 when null.</summary>
    public int EncodedLength => _isPresent ? Span.Length : -1;

    public static implicit operator NullableBytes(ReadOnlySpan<byte> bytes) => new(bytes);

    public static implicit operator NullableBytes(Span<byte> bytes) => new(bytes);

    public static implicit operator NullableBytes(byte[]? bytes) => bytes is null ? default : new(bytes);

    public static implicit operator NullableBytes(ReadOnlyMemory<byte>? bytes) => bytes is { } present ? new(present.Span) : default;

    public byte[]? ToArray() => _isPresent ? Span.ToArray() : null;
}
