using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>
/// Has the markers of one shard's transactions written, each until it is, and tells the shard then. There is never more than one at work for a
/// transactional id in one epoch of the coordinator: a marker that comes late, while the next transaction is under way in the same epoch of
/// the producer, would end that one. What was begun in an earlier epoch of the coordinator goes on by that epoch alone, by which partitions that
/// have heard of a later one know it. Safe for use by several threads at once.
/// </summary>
/// <param name="writer">Where markers go.</param>
/// <param name="complete">Tells the shard that all markers are written; NOT_COORDINATOR when it is no longer its affair.</param>
/// <param name="time">The clock of retries.</param>
/// <param name="retryBackoff">How long to wait before those that failed are tried again; longer from failure to failure when nobody has foreseen it.</param>
/// <param name="logger">Told what goes wrong.</param>
internal sealed class MarkerSender(
    IMarkerWriter writer, Func<MarkerJob, ValueTask<ErrorCode>> complete, TimeProvider time, TimeSpan retryBackoff, ILogger logger)
    : IMarkerOutbox, IAsyncDisposable
{
    /// <summary>The wait doubles with each failure that nobody has foreseen, so many times at most.</summary>
    private const int DoublingsMax = 6;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, MarkerJob> _current = new(StringComparer.Ordinal);
    private readonly Dictionary<MarkerJob, Task> _running = new(ReferenceEqualityComparer.Instance);
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
            Begin(job);
        }
    }

    public void Resume(IReadOnlyCollection<MarkerJob> jobs)
    {
        lock (_lock)
        {
            var prepared = jobs.Select(job => job.TransactionalId).ToHashSet(StringComparer.Ordinal);
            foreach (var id in _current.Keys.Where(id => !prepared.Contains(id)).ToList())
            {
                _current.Remove(id);
            }

            foreach (var job in jobs)
            {
                if (!_current.TryGetValue(job.TransactionalId, out var current) || current.CoordinatorEpoch != job.CoordinatorEpoch)
                {
                    Begin(job);
                }
            }
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
            running = [.. _running.Values];
        }

        await Task.WhenAll(running);
        _stopping.Dispose();
    }

    private void Begin(MarkerJob job)
    {
        if (!_stopping.IsCancellationRequested)
        {
            _current[job.TransactionalId] = job;
            _running.Add(job, RunAsync(job));
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
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The broker stops; whoever loads the shard next begins again.
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(job);
                if (IsCurrent(job))
                {
                    _current.Remove(job.TransactionalId);
                }
            }
        }
    }

    private async Task SendAllAsync(MarkerJob job)
    {
        // In order, so that what is done is the same whenever the same was asked.
        var left = job.Partitions.ToList();
        var failures = 0;
        while (IsCurrent(job))
        {
            try
            {
                if (await IsOverAsync(job, left))
                {
                    return;
                }

                failures = 0;
            }
            catch (Exception failure) when (!_stopping.IsCancellationRequested)
            {
                // Readers of committed records wait for these markers: whatever it was, it may pass.
                TransactionLog.MarkersFailed(logger, failure, job.TransactionalId);
                failures++;
            }

            await Task.Delay(retryBackoff * (1 << Math.Min(failures, DoublingsMax)), time, _stopping.Token);
        }
    }

    /// <summary>Writes what is left, and when nothing is, tells the shard. True when there is nothing more to do.</summary>
    private async Task<bool> IsOverAsync(MarkerJob job, List<TopicPartition> left)
    {
        if (left.Count > 0)
        {
            var end = new TransactionEnd(job.ProducerId, job.ProducerEpoch, job.IsCommit, job.CoordinatorEpoch, job.TransactionVersion);
            foreach (var (partition, error) in await writer.WriteAsync(end, [.. left], _stopping.Token))
            {
                switch (error)
                {
                    case ErrorCode.None or ErrorCode.UnknownTopicOrPartition or ErrorCode.InvalidProducerEpoch:
                        left.Remove(partition);
                        break;
                    case ErrorCode.TransactionCoordinatorFenced:
                        // Another coordinator has taken over, and ends the transaction.
                        return true;
                    default:
                        TransactionLog.MarkerRefused(logger, job.TransactionalId, partition, error);
                        break;
                }
            }
        }

        return left.Count == 0 && IsCurrent(job) && await complete(job) is (ErrorCode.None or ErrorCode.NotCoordinator);
    }
}
