namespace Spate.Broker.Shares;

/// <summary>Work that nobody awaits while it runs, kept until it is done so that whoever stops can wait for it. Safe for use by several threads at once.</summary>
internal sealed class OwnedWork
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];

    public void Own(Task task)
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

    /// <summary>Completes when everything that was begun so far has ended.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }
}
