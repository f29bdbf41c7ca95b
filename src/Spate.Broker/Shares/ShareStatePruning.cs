using Microsoft.Extensions.Logging;
using Spate.Broker.Partitions;
using Spate.Broker.Telemetry;
using Spate.Coordination.Shares.State;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage.Directories;

namespace Spate.Broker.Shares;

/// <summary>Deletes from __share_group_state what precedes the oldest snapshot that counts, which compaction could not: updates add up. Runs on a beat of its own.</summary>
/// <param name="keeper">Knows what counts.</param>
/// <param name="table">The partitions of this node.</param>
/// <param name="logs">Keeps the first offsets over restarts.</param>
/// <param name="clock">The time.</param>
/// <param name="metrics">Where it is counted.</param>
/// <param name="logger">Told what went wrong.</param>
internal sealed class ShareStatePruning(
    ShareStateKeeper keeper, PartitionTable table, LogStore logs, TimeProvider clock, ShareStateMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public void Start(TimeSpan interval) => _running = RunAsync(interval);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    await PruneAsync();
                }
                catch (Exception failure)
                {
                    // Whatever it was, the work comes round again, and the broker goes on without it until then.
                    logger.NotPruned(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    private async Task PruneAsync()
    {
        var moved = new List<TopicPartition>();
        for (var index = 0; index < keeper.PartitionCount; index++)
        {
            if (await keeper.OldestNeededAsync(index) is not { } needed || table.Find(TopicName.ShareGroupState, index, out var partition) != ErrorCode.None)
            {
                continue;
            }

            var start = partition!.Log.LogStartOffset;
            if (needed > start && partition.DeleteRecords(needed, out _) == ErrorCode.None)
            {
                metrics.Pruned(needed - start);
                moved.Add(partition.Name);
            }
        }

        if (moved.Count > 0)
        {
            logs.CheckpointLogStartOffsets(moved);
        }
    }
}
