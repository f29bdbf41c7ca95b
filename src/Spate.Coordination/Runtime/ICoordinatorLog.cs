namespace Spate.Coordination.Runtime;

/// <summary>
/// One partition of an internal topic, as a shard sees it. The broker implements it over the partition that it leads. A shard has at most
/// one append under way at a time, and never reads and appends at once.
/// </summary>
public interface ICoordinatorLog
{
    /// <summary>
    /// Appends the records as one batch, all or nothing. Completes when the batch is committed (possibly before the call returns) or when it
    /// is certain that it never will be; losing the leadership is such a certainty. It is not for the log to give up waiting: the shard
    /// answers callers who have waited too long, and goes on waiting itself.
    /// </summary>
    /// <param name="records">At least one; the list and its bytes stay unchanged until the append has completed.</param>
    /// <returns>Where the batch lies, or why it was refused.</returns>
    /// <exception cref="Exception">The log cannot say whether the batch is there. The shard then rebuilds itself from the log.</exception>
    ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records);

    /// <summary>The same for records that are part of a producer's transaction; the log refuses those whose transaction it knows to be over.</summary>
    /// <param name="producer">Whose transaction.</param>
    /// <param name="records">At least one; the list and its bytes stay unchanged until the append has completed.</param>
    ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records);

    /// <summary>The same for the marker that ends a transaction.</summary>
    ValueTask<AppendResult> AppendEndAsync(TransactionEnd end);

    /// <summary>
    /// All that is committed from the start of the log to its end, in order. The bytes of a record need to last only until the next one is
    /// asked for.
    /// </summary>
    IAsyncEnumerable<LogEntry> ReadAsync(CancellationToken cancellationToken);
}
