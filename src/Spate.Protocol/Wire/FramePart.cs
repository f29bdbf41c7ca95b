namespace Spate.Protocol.Wire;

/// <summary>One stretch of an outgoing frame: bytes at hand, or a source that is read while it is sent. Never both.</summary>
public readonly struct FramePart
{
    public FramePart(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public FramePart(IRecordSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>The bytes, when <see cref="Source"/> is null.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where the bytes come from, when they are not at hand.</summary>
    public IRecordSource? Source { get; }

    /// <summary>Bytes on the wire.</summary>
    public int Length => Source?.Length ?? Bytes.Length;
}
