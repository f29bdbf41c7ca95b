namespace Spate.Conformance.Clients;

/// <summary>A record as clients write and read it.</summary>
/// <param name="Key">The key as text, or null.</param>
/// <param name="Value">The value as text, or null.</param>
internal sealed record ClientRecord(string? Key, string? Value)
{
    /// <summary>The headers as name=value, with commas between them.</summary>
    public string Headers { get; init; } = "";

    public string Topic { get; init; } = "";

    /// <summary>The partition, or -1 where the client is to choose.</summary>
    public int Partition { get; init; } = -1;

    /// <summary>The offset, or -1 before it has one.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>Milliseconds since 1970, or -1 where the client is to look at its clock.</summary>
    public long Timestamp { get; init; } = -1;

    /// <summary>The record without where and when it was written.</summary>
    public ClientRecord Content => new(Key, Value) { Headers = Headers };
}
