namespace Spate.Protocol.Records;

/// <summary>One record of a batch, looking into the batch's bytes. Offset and timestamp are as far from the batch's own as the deltas say.</summary>
public readonly ref struct Record
{
    public long TimestampDelta { get; init; }

    public int OffsetDelta { get; init; }

    public NullableBytes Key { get; init; }

    public NullableBytes Value { get; init; }

    public RecordHeaders Headers { get; init; }
}
