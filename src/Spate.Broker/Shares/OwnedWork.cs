using Microsoft.Extensions.Logging;

namespace Spate.Broker.Shares;

/// <summary>Work that nobody awaits while it runs, kept until it is done so that whoever stops can wait for it. Safe for use by several threads at once.</summary>
/// <param name="logger">Told of work that failed.</param>
internal sealed class OwnedWork(ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    public void Own(Task work)
    {
        var watched = WatchAsync(work);
        lock (_lock)
        {
            _running.Add(watched);
        }

        _ = watched.ContinueWith(
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

    /// <summary>Completes when everything that was begun so far has ended.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    private async Task WatchAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception failure)
        {
            // Nobody else hears of it. What members hold is taken back when their locks end, or after the next start.
            logger.WorkFailed(failure);
        }
    }
}
