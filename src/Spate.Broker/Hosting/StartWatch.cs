using Microsoft.Extensions.Logging;

namespace Spate.Broker.Hosting;

/// <summary>
/// Says now and then what a start that takes long is at, so that nobody takes a broker that recovers its logs for one that hangs. The thread that starts sets the steps;
/// a timer tells of them.
/// </summary>
internal sealed class StartWatch : IDisposable
{
    /// <summary>A start that is through by then needs no explanation.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly ITimer _timer;
    private Func<string> _step = static () => "getting ready";
    private bool _isOver;

    public StartWatch(ILogger logger, TimeProvider clock)
    {
        (_logger, _clock, _began) = (logger, clock, clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => Tell(), null, Patience, Beat);
    }

    /// <summary>How long the start has taken so far.</summary>
    public TimeSpan Elapsed => _clock.GetElapsedTime(_began);

    /// <summary>What the start is at from now on.</summary>
    /// <param name="step">In words that go on from "still starting:"; called by the timer's thread.</param>
    public void At(Func<string> step)
    {
        lock (_gate)
        {
            _step = step;
        }
    }

    /// <inheritdoc cref="At(Func{string})"/>
    public void At(string step) => At(() => step);

    /// <summary>The start is through, or has failed: nothing is said after this.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _timer.Dispose();
    }

    private void Tell()
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _logger.StillStarting((long)Elapsed.TotalSeconds, _step());
            }
        }
    }
}
