using System.Runtime.CompilerServices;
using Spate.Broker.Partitions;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;

namespace Spate.Broker.Groups;

/// <summary>A coordinator's log over a partition that this node leads: what has been appended is committed.</summary>
internal sealed class PartitionCoordinatorLog(Partition partition, TimeProvider clock) : ICoordinatorLog
{
    private const int RecordsBetweenYields = 10_000;

    public async ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records)
    {
        var outcome = Append(records);
        if (outcome.Error == ErrorCode.None && outcome.MustFlush)
        {
            var error = await partition.WaitUntilDurableAsync(outcome.LastOffset);
            return error == ErrorCode.None ? AppendResult.Committed(outcome.LastOffset) : AppendResult.Refused(error);
        }

        return outcome.Error == ErrorCode.None ? AppendResult.Committed(outcome.LastOffset) : AppendResult.Refused(outcome.Error);
    }

    public async IAsyncEnumerable<CoordinatorRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sinceYield = 0;
        foreach (var record in CommittedRecords.Read(partition.Log))
        {
            if (record.Key is not null)
            {
                // Not left to the conversion from an array, which would make empty bytes of a missing value.
                yield return record.Value is { } value ? new CoordinatorRecord(record.Key, value) : CoordinatorRecord.Tombstone(record.Key);
            }

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
        using var batch = new RecordBatchBuilder();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var record in records)
        {
            batch.Append(now, record.Key.Span, record.Value);
        }

        return partition.AppendInternal(batch.Build());
    }
}
