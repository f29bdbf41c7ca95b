using Spate.Protocol.Wire;
using Spate.Storage.Transactions;

namespace Spate.Storage;

/// <summary>
/// What a read found. Whoever gets it disposes the records, or hands them to someone who does: until then the files they lie in stay open.
/// </summary>
public readonly record struct LogReadResult
{
    /// <summary>True when the offset lies before the log's start or behind its end: OFFSET_OUT_OF_RANGE. There are no records then.</summary>
    public bool IsOutOfRange { get; init; }

    /// <summary>
    /// Whole batches, but for the last one, which the limit may have cut short; the first one may begin before the offset that was asked for.
    /// Empty when there is nothing to read yet.
    /// </summary>
    public required IRecordSource Records { get; init; }

    public required long HighWatermark { get; init; }

    public required long LastStableOffset { get; init; }

    public required long LogStartOffset { get; init; }

    public required long LogEndOffset { get; init; }

    /// <summary>
    /// True when there is more to read behind the end of the segment that the records lie in, whatever the limit was: a reader that waits for
    /// more would wait for nothing.
    /// </summary>
    public bool ContinuesElsewhere { get; init; }

    /// <summary>The aborted transactions among the records; null unless the read was bounded by <see cref="FetchBound.LastStable"/>.</summary>
    public IReadOnlyList<AbortedTransaction>? AbortedTransactions { get; init; }
}
