namespace Spate.Metadata.Log;

/// <summary>
/// The log of decisions, seen by those who decide and by those who obey: what has been appended is committed when the task completes, in
/// the order of the calls, for ever. A quorum of one node stands behind it or a quorum of many; nobody above can tell.
/// </summary>
public interface IMetadataLog
{
    /// <summary>
    /// Appends records, all of them or none. Calls must not overlap.
    /// </summary>
    /// <param name="values">Record values as <see cref="MetadataRecordCodec"/> writes them.</param>
    /// <param name="cancellation">Stops the waiting, not what is under way.</param>
    /// <exception cref="IOException">They could not be made to last; nothing is decided.</exception>
    ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation);

    /// <summary>Every committed record value, the oldest first.</summary>
    IEnumerable<ReadOnlyMemory<byte>> ReadCommitted();
}
