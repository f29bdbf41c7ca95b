using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Records of one partition that were written together, as bytes where they were received: nothing is copied, and nothing is allocated for a record. Run <c>foreach</c> over
/// it, as often as need be, before the enumeration that gave it goes on; from then on it is another batch, or none.
/// </summary>
public sealed class RawBatch
{
    private readonly ChunkBatches _batches;

    internal RawBatch(ChunkBatches batches) => _batches = batches;

    /// <summary>The records' partition.</summary>
    public TopicPartition Partition => _batches.Chunk.Cursor.Name;

    /// <summary>The records, in the order of their offsets.</summary>
    /// <exception cref="ObjectDisposedException">The enumeration has ended.</exception>
    public RawRecordEnumerator GetEnumerator()
    {
        _ = _batches.Chunk;
        return _batches.Records;
    }
}
