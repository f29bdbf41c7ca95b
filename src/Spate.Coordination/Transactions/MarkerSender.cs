using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>
/// Has the markers of one shard's transactions written, each until it is, and tells the shard then. There is never more than one at work for a
/// transactional id: a marker that comes late, while the next transaction is under way in the same epoch, would end that one. Safe for use
/// by several threads at once.
/// </summary>
/// <param name="writer">Where markers go.</param>
/// <param name="coordinatorEpoch">The epoch in which this broker leads the shard now.</param>
/// <param name="complete">Tells the shard that all markers are written; NOT_COORDINATOR when it is no longer its affair.</param>
/// <param name="time">The clock of retries.</param>
/// <param name="retryBackoff">How long to wait before those that failed are tried again.</param>
/// <param name="logger">Told what goes wrong.</param>
internal sealed class MarkerSender(
    IMarkerWriter writer, Func<int> coordinatorEpoch, Func<MarkerJob, ValueTask<ErrorCode>> complete, TimeProvider time, TimeSpan retryBackoff, ILogger logger)
    : IMarkerOutbox, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MarkerJob> _current = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Transactions whose markers are being written.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _current.Count;
            }
        }
    }

    public void Send(MarkerJob job)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested || !_current.TryAdd(job.TransactionalId, job))
            {
                return;
            }

            var task = RunAsync(job);
            _running.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public bool IsCurrent(MarkerJob job)
    {
        lock (_lock)
        {
            return _current.TryGetValue(job.TransactionalId, out var current) && ReferenceEquals(current, job);
        }
    }

    public void Settled(string transactionalId)
    {
        lock (_lock)
        {
            _current.Remove(transactionalId);
        }
    }

    /// <summary>Begins nothing more, and completes when nothing is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _stopping.Cancel();
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    private void Forget(Task ended)
    {
        lock (_lock)
        {
            _running.Remove(ended);
        }
    }

    private async Task RunAsync(MarkerJob job)
    {
        // Never inside the shard's loop, which has others to serve.
        await Task.Yield();
        try
        {
            await SendAllAsync(job);
        }
        catch (OperationCanceledException)
        {
            // The broker stops; whoever loads the shard next begins again.
        }
        catch (Exception failure)
        {
            TransactionLog.MarkersAbandoned(logger, failure, job.TransactionalId);
        }
        finally
        {
            lock (_lock)
            {
                if (_current.TryGetValue(job.TransactionalId, out var current) && ReferenceEquals(current, job))
                {
                    _current.Remove(job.TransactionalId);
                }
            }
        }
    }

    private async Task SendAllAsync(MarkerJob job)
    {
        var left = job.Partitions.ToHashSet();
        while (left.Count > 0)
        {
            var end = new TransactionEnd(job.ProducerId, job.ProducerEpoch, job.IsCommit, coordinatorEpoch(), job.TransactionVersion);
            foreach (var (partition, error) in await writer.WriteAsync(end, left, _stopping.Token))
            {
                Settle(job, partition, error, left);
            }

            if (left.Count > 0)
            {
                await Task.Delay(retryBackoff, time, _stopping.Token);
            }
        }

        while (await complete(job) is not (ErrorCode.None or ErrorCode.NotCoordinator))
        {
            await Task.Delay(retryBackoff, time, _stopping.Token);
        }
    }

    private void Settle(MarkerJob job, TopicPartition partition, ErrorCode error, HashSet<TopicPartition> left)
    {
        switch (error)
        {
            case ErrorCode.None or ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidProducerEpoch:
                left.Remove(partition);
                break;
            case ErrorCode.TransactionCoordinatorFenced:
                throw new OperationCanceledException($"Another coordinator has ended the transaction of {job.TransactionalId} in {partition}.");
            default:
                TransactionLog.MarkerRefused(logger, job.TransactionalId, partition, error);
                break;
        }
    }
}
