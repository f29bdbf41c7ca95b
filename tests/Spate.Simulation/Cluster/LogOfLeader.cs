using System.Runtime.CompilerServices;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>
/// A log as the node sees it that leads it in one epoch, or believes so. Appends are there at once or later, are refused, hang, or fail so
/// that nobody can say what became of them; a node that has died never hears.
/// </summary>
internal sealed class LogOfLeader(World world, InternalLog log, Node node, int epoch) : ICoordinatorLog
{
    private static readonly TaskCompletionSource<AppendResult> Never = new();

    public ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) => Append([.. records.Select(LogEntry.Of)], ErrorCode.None);

    public ValueTask<AppendResult> AppendPendingAsync(ProducerStamp producer, IReadOnlyList<CoordinatorRecord> records) => Append(
        [.. records.Select(record => LogEntry.Pending(producer.ProducerId, record))], log.Producers.Admit(producer, -1), producer.ProducerEpoch);

    public ValueTask<AppendResult> AppendEndAsync(TransactionEnd end) =>
        Append([LogEntry.End(end.ProducerId, end.IsCommit)], log.Producers.Admit(end), end: end);

    public async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (world.Chance(0.5))
        {
            await Task.Delay(world.Between(1, 1500), node.Clock, cancellationToken);
        }

        if (world.Chance(world.Weather.Failure))
        {
            throw new PlantedFailureException("The log cannot be read.");
        }

        foreach (var entry in log.Entries.ToArray())
        {
            if (entry.IsCommit is not null)
            {
                yield return entry;
                continue;
            }

            // The bytes last only until the next record: whoever keeps them is found out.
            var key = entry.Record.Key.ToArray();
            var value = entry.Record.Value?.ToArray();
            var record = value is null ? CoordinatorRecord.Tombstone(key) : new CoordinatorRecord(key, value);
            yield return entry.ProducerId < 0 ? LogEntry.Of(record) : LogEntry.Pending(entry.ProducerId, record);
            key.AsSpan().Fill(0xEE);
            value?.AsSpan().Fill(0xEE);
        }
    }

    private ValueTask<AppendResult> Append(LogEntry[] entries, ErrorCode admission, short producerEpoch = -1, TransactionEnd? end = null)
    {
        if (!node.IsAlive)
        {
            return new ValueTask<AppendResult>(Never.Task);
        }

        var error = log.Epoch != epoch ? ErrorCode.NotLeaderOrFollower
            : admission != ErrorCode.None ? admission
            : world.Chance(world.Weather.Refusal) ? ErrorCode.NotEnoughReplicas
            : ErrorCode.None;
        if (error is not (ErrorCode.None or ErrorCode.NotEnoughReplicas))
        {
            return ValueTask.FromResult(AppendResult.Refused(error));
        }

        var append = log.Begin(entries, producerEpoch, end);
        if (world.Chance(world.Weather.Failure))
        {
            append.Decide(world.Random.Next(2) == 0 ? ErrorCode.None : ErrorCode.NotEnoughReplicas);
            return ValueTask.FromException<AppendResult>(new PlantedFailureException("The disk does not answer."));
        }

        return world.Chance(world.Weather.Hang) ? Later(append, error, world.Between(1000, 12_000))
            : world.Chance(world.Weather.Delay) ? Later(append, error, world.Between(0, 60))
            : ValueTask.FromResult(append.Decide(error));
    }

    private ValueTask<AppendResult> Later(PendingAppend append, ErrorCode error, TimeSpan delay)
    {
        var result = new TaskCompletionSource<AppendResult>();
        world.Agenda.Put(delay, () => $"an append of {node} in epoch {epoch} ends", () =>
        {
            var decided = append.Decide(error);
            if (node.IsAlive)
            {
                result.SetResult(decided);
            }
        });
        return new ValueTask<AppendResult>(result.Task);
    }
}
