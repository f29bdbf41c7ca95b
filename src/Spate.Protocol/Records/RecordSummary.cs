namespace Spate.Protocol.Records;

/// <summary>What a walk over all records of a batch found: what a broker must know before it appends a batch.</summary>
public readonly struct RecordSummary
{
    public int Count { get; init; }

    /// <summary>The offset deltas are 0, 1, 2 and so on. True for no records.</summary>
    public bool HasContiguousOffsets { get; init; }

    /// <summary>At least one record has a null key, which a compacted topic does not take.</summary>
    public bool HasNullKey { get; init; }

    /// <summary>The least timestamp delta, in milliseconds; 0 for no records.</summary>
    public long MinTimestampDelta { get; init; }

    /// <summary>The greatest timestamp delta, in milliseconds; 0 for no records.</summary>
    public long MaxTimestampDelta { get; init; }

    /// <summary>Offset delta of the first record that has <see cref="MaxTimestampDelta"/>; -1 for no records.</summary>
    public int OffsetDeltaOfMaxTimestamp { get; init; }

    /// <summary>Offset delta of the last record; -1 for no records.</summary>
    public int LastOffsetDelta { get; init; }
}
