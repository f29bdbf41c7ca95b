namespace Spate.Storage.Validation;

/// <summary>What there is to know of a validated append as a whole.</summary>
public readonly record struct AppendSummary
{
    /// <summary>Offset of the first record. The first offset of a set that a follower copies may lie above the one it asked for.</summary>
    public required long FirstOffset { get; init; }

    public required long LastOffset { get; init; }

    /// <summary>The greatest timestamp, in milliseconds since 1970; -1 when no record has one.</summary>
    public required long MaxTimestamp { get; init; }

    /// <summary>
    /// The last offset of the first batch that bears <see cref="MaxTimestamp"/>, which is what the time index points at; -1 when there is
    /// no timestamp. As in Kafka from 3.8 on it names the batch, compressed or not: whoever asks for the very record (KIP-734) reads that
    /// batch.
    /// </summary>
    public required long OffsetOfMaxTimestamp { get; init; }

    /// <summary>The time that now stands for that of all records, as Produce answers; null when records keep their create time.</summary>
    public required long? LogAppendTimeMs { get; init; }

    public required int BatchCount { get; init; }

    /// <summary>
    /// Records that were read. For origins that bring their own offsets, whose records are not looked at, what the headers of the batches
    /// say; a compressed legacy message counts as one.
    /// </summary>
    public required long RecordCount { get; init; }
}
