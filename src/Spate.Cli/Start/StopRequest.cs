using System.Runtime.InteropServices;
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
    /// <param name="signal">Which one.</param>
    /// <returns>
    /// Whether the process goes on, to end when the broker has stopped. A start or a stop may wait for a disk that never answers, or a stop for a client that takes its time, and then the
    /// second signal ends it: as with a crash, the next start recovers what this one had not done. Once the broker has started only Ctrl-C does: those who look after processes send
    /// SIGTERM more than once, to the process and to its group, and mean nothing by it.
    /// </returns>
    public bool Take(PosixSignal signal)
    {
        lock (_gate)
        {
            if (_asked.TrySetResult())
            {
                TellOfFirst();
                return true;
            }

            return _isStarted && signal != PosixSignal.SIGINT;
        }
    }

    private void TellOfFirst()
    {
        if (_isStarted)
        {
            logger.StopBegins();
        }
        else
        {
            logger.StopAfterStart();
        }
    }
}
