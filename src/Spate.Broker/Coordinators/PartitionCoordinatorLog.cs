using System.Runtime.CompilerServices;
using Spate.Broker.Partitions;
using Spate.Coordination.Runtime;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;
using Spate.Storage.Producers;

namespace Spate.Broker.Coordinators;

/// <summary>A coordinator's log over a partition that this node leads: what has been appended is committed.</summary>
/// <param name="partition">The partition.</param>
/// <param name="clock">The time of records.</param>
/// <param name="readBytes">How much is read at a time when the log is replayed.</param>
/// <param name="codec">How records are compressed.</param>
internal sealed class PartitionCoordinatorLog(Partition partition, TimeProvider clock, int readBytes, CompressionCodec codec = CompressionCodec.None) : ICoordinatorLog
{
    private const int RecordsBetweenYields = 10_000;

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) => FinishAsync(Append(records));

    public ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records) =>
        FinishAsync(AppendPending(producer, records));

    public ValueTask<AppendResult> AppendEndAsync(TransactionEnd end) => FinishAsync(AppendEnd(end));

    public async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sinceYield = 0;
        foreach (var entry in CommittedEntries.Read(partition.Log, readBytes))
        {
            yield return entry;
            if (++sinceYield == RecordsBetweenYields)
            {
                // Fifty logs are replayed at once at a start; each lets the others and the listeners have the thread now and then.
                sinceYield = 0;
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    private AppendOutcome Append(IReadOnlyList<CoordinatorRecord> records)
    {
        using var batch = Batch(records, new RecordBatchOptions { Codec = codec });
        return partition.AppendInternal(batch.Build());
    }

    private AppendOutcome AppendPending(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records)
    {
        using var batch = Batch(records, new RecordBatchOptions
        {
            Codec = codec,
            ProducerId = producer.ProducerId,
            ProducerEpoch = producer.ProducerEpoch,
            BaseSequence = 0,
            IsTransactional = true,
        });
        return partition.AppendPending(batch.Build(), producer.Guard is { } guard ? new VerificationGuard(guard) : null);
    }

    private AppendOutcome AppendEnd(TransactionEnd end)
    {
        using var builder = new RecordBatchBuilder();
        return partition.AppendEnd(end, clock.GetUtcNow().ToUnixTimeMilliseconds(), builder);
    }

    private RecordBatchBuilder Batch(IReadOnlyList<CoordinatorRecord> records, RecordBatchOptions options)
    {
        var batch = new RecordBatchBuilder(options);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var record in records)
        {
            batch.Append(now, record.Key.Span, record.Value);
        }

        return batch;
    }

    private async ValueTask<AppendResult> FinishAsync(AppendOutcome outcome)
    {
        var error = outcome.Error == ErrorCode.None && outcome.MustFlush ? await partition.WaitUntilDurableAsync(outcome.LastOffset) : outcome.Error;
        return error == ErrorCode.None ? AppendResult.Committed(outcome.LastOffset) : AppendResult.Refused(error);
    }
}
