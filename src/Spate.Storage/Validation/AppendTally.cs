namespace Spate.Storage.Validation;

/// <summary>Adds up the summary of an append, batch after batch.</summary>
internal struct AppendTally
{
    private long _firstOffset;
    private long _maxTimestamp;
    private long _offsetOfMaxTimestamp;
    private long _recordCount;

    /// <param name="nextOffset">The offset after the last one of the log.</param>
    public AppendTally(long nextOffset)
    {
        NextOffset = nextOffset;
        _maxTimestamp = TimestampBounds.NoTimestamp;
        _offsetOfMaxTimestamp = -1;
    }

    /// <summary>The offset after the last batch that was added.</summary>
    public long NextOffset { get; private set; }

    public int BatchCount { get; private set; }

    public void Add(long firstOffset, long lastOffset, long maxTimestamp, long recordCount)
    {
        if (BatchCount++ == 0)
        {
            _firstOffset = firstOffset;
        }

        if (maxTimestamp > _maxTimestamp)
        {
            _maxTimestamp = maxTimestamp;
            _offsetOfMaxTimestamp = lastOffset;
        }

        NextOffset = lastOffset + 1;
        _recordCount += recordCount;
    }

    public readonly AppendSummary ToSummary(long? logAppendTimeMs) => new()
    {
        FirstOffset = _firstOffset,
        LastOffset = NextOffset - 1,
        MaxTimestamp = _maxTimestamp,
        OffsetOfMaxTimestamp = _offsetOfMaxTimestamp,
        LogAppendTimeMs = logAppendTimeMs,
        BatchCount = BatchCount,
        RecordCount = _recordCount,
    };
}
