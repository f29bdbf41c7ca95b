using Spate.Protocol.Records;
using Spate.Storage;

namespace Spate.Benchmarks.Samples;

/// <summary>
/// One batch that is appended over and over. An append writes base offset and leader epoch into the batch, and refuses one that a client
/// sends with another base offset than 0; setting those eight bytes back is all it takes to send it again, since the checksum does not
/// cover them. No copy is measured, therefore, and the batch stays in the processor's caches, as one does that was just received.
/// </summary>
internal sealed class ProducedBatch(int batchBytes, int valueBytes)
{
    private const int LeaderEpoch = 3;

    private readonly byte[] _bytes = SampleBatches.Create(batchBytes, valueBytes);

    /// <summary>The batch as the producer sent it.</summary>
    public Memory<byte> Renewed()
    {
        RecordBatchPatch.SetBaseOffset(_bytes, 0);
        return _bytes;
    }

    /// <returns>The offset of the batch's last record.</returns>
    public long AppendTo(PartitionLog log)
    {
        var result = log.AppendAsLeader(Renewed(), LeaderEpoch, new LogAppendRequest());
        return result.IsAppended
            ? result.LastOffset
            : throw new InvalidOperationException($"The log refused the batch: {result.Error}.");
    }
}
