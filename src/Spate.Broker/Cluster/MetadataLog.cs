using Spate.Metadata.Log;
using Spate.Protocol.Records;
using Spate.Storage;
using Spate.Storage.Validation;

namespace Spate.Broker.Cluster;

/// <summary>
/// The log of decisions on this node's disk, committed by a quorum of one: what is flushed is decided. Each call of
/// <see cref="AppendAsync"/> is one batch, so that a crash leaves all of a decision or nothing of it.
/// </summary>
public sealed class MetadataLog(PartitionLog log, TimeProvider clock) : IMetadataLog
{
    private const int ReadBytes = 1 << 20;

    public async ValueTask AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var batch = new RecordBatchBuilder();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var value in values)
        {
            batch.Append(now, NullableBytes.Null, value.Span);
        }

        try
        {
            var result = log.AppendAsLeader(batch.Build(), 0, new LogAppendRequest { Origin = AppendOrigin.Coordinator });
            if (!result.IsAppended)
            {
                throw new IOException($"The metadata log refused a decision: {result.Failure?.Message ?? result.Error.ToString()}");
            }

            log.UpdateHighWatermark(result.LastOffset + 1);
            await log.WaitUntilFlushedAsync(result.LastOffset + 1);
        }
        catch (LogFailedException failure)
        {
            throw new IOException("The metadata log could not be written.", failure);
        }
    }

    public IEnumerable<ReadOnlyMemory<byte>> ReadCommitted()
    {
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            using var read = log.Read(offset, ReadBytes, FetchBound.LogEnd, atLeastOneBatch: true).Records;
            var bytes = new byte[read.Length];
            read.Read(0, bytes);
            var values = Values(bytes, ref offset);
            foreach (var value in values)
            {
                yield return value;
            }
        }
    }

    private static List<ReadOnlyMemory<byte>> Values(byte[] bytes, ref long offset)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        var before = offset;
        var batches = new RecordBatchEnumerator(bytes);
        while (batches.MoveNext())
        {
            var fault = RecordBatchHeader.Validate(batches.Current, out var header);
            if (fault != RecordError.None)
            {
                throw new IOException($"The metadata log is corrupt at offset {offset}: {fault}.");
            }

            var records = new RecordEnumerator(batches.Current[RecordBatchHeader.Size..], header.RecordCount);
            while (records.MoveNext())
            {
                values.Add(records.Current.Value.Span.ToArray());
            }

            offset = header.NextOffset;
        }

        return offset > before ? values : throw new IOException($"The metadata log cannot be read from offset {offset} on.");
    }
}
