using Spate.Metadata.Images;

namespace Spate.Metadata.Log;

/// <summary>
/// The log of decisions, seen by those who decide and by those who obey: what has been appended is committed when the task completes, in
/// the order of the calls, for ever. A quorum of one node stands behind it or a quorum of many; nobody above can tell.
/// </summary>
public interface IMetadataLog
{
    /// <summary>The most bytes of values that one <see cref="AppendAsync"/> takes: a batch that must be copied to other nodes whole.</summary>
    int BatchBytesMax { get; }

    /// <summary>The epoch in which this node leads the log: what it appends is stamped with it, and nobody who led before can append any more.</summary>
    int LeaderEpoch { get; }

    /// <summary>Appends records as one batch: all of them or none. Calls must not overlap.</summary>
    /// <param name="values">Record values as <see cref="MetadataRecordCodec"/> writes them.</param>
    /// <param name="cancellation">Stops the waiting, not what is under way.</param>
    /// <returns>The position behind the last of them, once they are committed.</returns>
    /// <exception cref="IOException">They could not be made to last; nothing is decided.</exception>
    ValueTask<MetadataPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation);

    /// <summary>The committed batches from an offset on, the oldest first.</summary>
    /// <exception cref="IOException">The log cannot be read, or does not reach back so far.</exception>
    IEnumerable<MetadataBatch> ReadCommitted(long fromOffset);

    /// <summary>The newest snapshot that is whole; null when there is none and the log reaches back to its first record.</summary>
    /// <exception cref="IOException">No snapshot can be used, and the log does not reach back to where one that can would end.</exception>
    MetadataSnapshot? LatestSnapshot();

    /// <summary>
    /// Keeps a snapshot, durably, and lets go of what it makes needless. May run beside <see cref="AppendAsync"/>, not beside itself.
    /// </summary>
    /// <param name="position">Where it ends: a position that is committed.</param>
    /// <param name="timestamp">When the last record before it was written, in milliseconds since 1970.</param>
    /// <param name="values">The values of its records, in order.</param>
    /// <exception cref="IOException">It could not be written; what was there before is there still.</exception>
    void WriteSnapshot(MetadataPosition position, long timestamp, IEnumerable<ReadOnlyMemory<byte>> values);
}
