using Microsoft.Extensions.Logging;

namespace Spate.Cli.Start;

/// <summary>What becomes of signals to stop. Safe for use by several threads at once: signals come on threads of their own.</summary>
/// <param name="logger">Where somebody who waits in vain for a start is told what comes of it.</param>
internal sealed class StopRequest(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStarted;

    /// <summary>Completes with the first signal.</summary>
    public Task Asked => _asked.Task;

    /// <summary>The broker has started. Who is told to stop from now on is not starting any more, and whoever was told so before has read it by now.</summary>
    public void Started()
    {
        lock (_gate)
        {
            _isStarted = true;
        }
    }

    /// <summary>Takes a signal.</summary>
    /// <returns>
    /// Whether the process goes on, to end when the broker has stopped. A start may wait for a disk that never answers, and then the second signal ends it: as with a crash, the next start
    /// recovers what this one had not done.
    /// </returns>
    public bool Take()
    {
        lock (_gate)
        {
            var isFirst = _asked.TrySetResult();
            if (isFirst && !_isStarted)
            {
                logger.StopAfterStart();
            }

            return isFirst || _isStarted;
        }
    }
}
