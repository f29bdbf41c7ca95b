namespace Spate.Cli.Running;

/// <summary>A line on the terminal that tells every second how far long work has come. Where standard error is no terminal nothing is written.</summary>
internal sealed class ProgressLine : IDisposable
{
    private const string Clear = "\r\u001b[K";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Surroundings _surroundings;
    private readonly ITimer? _timer;
    private bool _isShown;
    private bool _isOver;

    /// <param name="surroundings">Where it is written.</param>
    /// <param name="tell">What it says; called on a thread of the pool, never twice at once.</param>
    /// <param name="isWanted">Whether it is shown at all: where somebody types, or results come to the same terminal, it would be in the way.</param>
    public ProgressLine(Surroundings surroundings, Func<string> tell, bool isWanted = true)
    {
        _surroundings = surroundings;
        _timer = surroundings.IsErrorTerminal && isWanted ? surroundings.Clock.CreateTimer(_ => Write(tell), null, Beat, Beat) : null;
    }

    /// <summary>A line with a bar.</summary>
    /// <inheritdoc cref="ProgressLine(Surroundings, Func{string}, bool)" path="/param"/>
    public static ProgressLine Of(Surroundings surroundings, Func<Progress> tell, bool isWanted = true)
    {
        var meter = new ProgressMeter(surroundings.Clock);
        return new ProgressLine(surroundings, () => meter.Tell(tell()), isWanted);
    }

    /// <summary>Takes the line away while something else is written to the terminal.</summary>
    public void Around(Action write)
    {
        lock (_gate)
        {
            Hide();
            write();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Hide();
        }

        _timer?.Dispose();
    }

    private void Hide()
    {
        if (_isShown)
        {
            _isShown = false;
            _surroundings.Error.Write(Clear);
        }
    }

    private void Write(Func<string> tell)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                var text = tell();
                _isShown = true;

                // A line that is longer than the terminal is wide could not be taken back.
                _surroundings.Error.Write($"{Clear}{(text.Length < _surroundings.ErrorWidth ? text : text[..(_surroundings.ErrorWidth - 1)])}");
            }
        }
    }
}
