namespace Spate.Protocol.Records;

/// <summary>One header of a record, looking into the batch's bytes.</summary>
public readonly ref struct RecordHeaderView
{
    /// <summary>The key in UTF-8; never null.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    public NullableBytes Value { get; init; }
}
