using Microsoft.Extensions.Logging;
using Spate.Broker.Partitions;
using Spate.Coordination.Runtime;
using Spate.Protocol.Compression;
using Spate.Storage;

namespace Spate.Broker.Coordinators;

/// <summary>
/// The partitions of one internal topic on this node: as they are opened and closed, the shards of their coordinator come and go. Everything it
/// starts it also awaits when it is disposed.
/// </summary>
/// <param name="topic">The internal topic.</param>
/// <param name="load">Takes a partition over: its index, the epoch in which it is led, its log.</param>
/// <param name="unload">Gives a partition up, by index and epoch.</param>
/// <param name="loaded">Told when a loading that has been done began, by the clock's timestamps.</param>
/// <param name="readBytes">How much of a log is read at a time.</param>
/// <param name="clock">The time of records.</param>
/// <param name="logger">Told what could not be loaded.</param>
/// <param name="codec">How records are compressed.</param>
internal sealed class CoordinatorPartitions(
    string topic,
    Func<int, int, ICoordinatorLog, Task> load,
    Func<int, int, Task> unload,
    Action<long> loaded,
    int readBytes,
    TimeProvider clock,
    ILogger logger,
    CompressionCodec codec = CompressionCodec.None)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, int> _leading = [];
    private readonly HashSet<Task> _running = [];

    public void Opened(Partition partition)
    {
        if (partition.Name.Topic != topic)
        {
            return;
        }

        lock (_lock)
        {
            _leading[partition.Name.Partition] = partition.LeaderEpoch;
        }

        Own(LoadAsync(partition));
    }

    public void Closing(Partition partition)
    {
        if (partition.Name.Topic != topic)
        {
            return;
        }

        lock (_lock)
        {
            _leading.Remove(partition.Name.Partition);
        }

        Own(unload(partition.Name.Partition, partition.LeaderEpoch));
    }

    /// <summary>Completes when everything that was begun so far has ended.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    /// <summary>Serves nobody any more; whoever waits is told so. Called again, it does the same for partitions that were opened since.</summary>
    public async ValueTask DisposeAsync()
    {
        List<(int Partition, int LeaderEpoch)> leading;
        lock (_lock)
        {
            leading = [.. _leading.Select(pair => (pair.Key, pair.Value))];
            _leading.Clear();
        }

        await Task.WhenAll(leading.Select(each => unload(each.Partition, each.LeaderEpoch)));
        await WhenIdle();
    }

    private async Task LoadAsync(Partition partition)
    {
        try
        {
            var began = clock.GetTimestamp();
            await load(partition.Name.Partition, partition.LeaderEpoch, new PartitionCoordinatorLog(partition, clock, readBytes, codec));
            loaded(began);
        }
        catch (OperationCanceledException)
        {
            // Overtaken: the partition was closed, or opened anew, meanwhile.
        }
        catch (LogFailedException failure)
        {
            logger.NotLoaded(partition.Name, failure);
            partition.TellOf(failure);
        }
        catch (Exception failure)
        {
            logger.NotLoaded(partition.Name, failure);
        }
    }

    /// <summary>Keeps a task until it is done, so that nothing is under way when the logs are closed.</summary>
    private void Own(Task task)
    {
        lock (_lock)
        {
            _running.Add(task);
        }

        _ = task.ContinueWith(
            done =>
            {
                lock (_lock)
                {
                    _running.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
