using Spate.Broker.Partitions;
using Spate.Metadata.Log;
using Spate.Protocol.Records;
using Spate.Storage;

namespace Spate.Broker.Cluster;

/// <summary>
/// The log of decisions on this node's disk, committed by a quorum of one: what is flushed is decided. Each call of
/// <see cref="AppendAsync"/> is one batch, so that a crash leaves all of a decision or nothing of it.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="clock">Stamps the decisions.</param>
/// <param name="storageFailed">Told when the disk failed under the log, which takes the directory that it lies in offline.</param>
public sealed class MetadataLog(PartitionLog log, TimeProvider clock, Action<LogFailedException> storageFailed) : IMetadataLog
{
    public async ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(values);
        try
        {
            var end = Append(values);
            await log.WaitUntilFlushedAsync(end);
        }
        catch (LogFailedException failure)
        {
            storageFailed(failure);
            throw new IOException("The metadata log could not be written.", failure);
        }
    }

    public IEnumerable<ReadOnlyMemory<byte>> ReadCommitted()
    {
        foreach (var record in CommittedRecords.Read(log))
        {
            yield return record.Value ?? throw new IOException($"The metadata log has a record without a value at offset {record.Offset}.");
        }
    }

    private long Append(IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        using var batch = new RecordBatchBuilder();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var value in values)
        {
            batch.Append(now, NullableBytes.Null, value.Span);
        }

        var result = log.AppendAsLeader(batch.Build(), 0, new LogAppendRequest { Origin = AppendOrigin.Coordinator });
        if (!result.IsAppended)
        {
            throw new IOException($"The metadata log refused a decision: {result.Failure?.Message ?? result.Error.ToString()}");
        }

        log.UpdateHighWatermark(result.LastOffset + 1);
        return result.LastOffset + 1;
    }
}
