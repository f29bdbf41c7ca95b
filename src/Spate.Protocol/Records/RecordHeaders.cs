namespace Spate.Protocol.Records;

/// <summary>The headers of a record, in their order, as a range to run <c>foreach</c> over. They were checked when the record was read.</summary>
public readonly ref struct RecordHeaders
{
    internal RecordHeaders(ReadOnlySpan<byte> encoded, int count)
    {
        Encoded = encoded;
        Count = count;
    }

    public int Count { get; }

    /// <summary>The headers as they stand in the record, without their count.</summary>
    internal ReadOnlySpan<byte> Encoded { get; }

    public RecordHeaderEnumerator GetEnumerator() => new(Encoded);

    /// <summary>A copy that outlives the batch.</summary>
    public RecordHeader[] ToArray()
    {
        var copies = new RecordHeader[Count];
        var index = 0;
        foreach (var header in this)
        {
            copies[index++] = new RecordHeader(header.Key.ToArray(), header.Value.ToArray());
        }

        return copies;
    }
}
