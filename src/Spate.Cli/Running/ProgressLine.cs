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
    /// <param name="tell">How far it has come, in words; called on a thread of the pool.</param>
    public ProgressLine(Surroundings surroundings, Func<string> tell)
    {
        _surroundings = surroundings;
        _timer = surroundings.IsErrorTerminal && !surroundings.IsInputTerminal ? surroundings.Clock.CreateTimer(_ => Write(tell()), null, Beat, Beat) : null;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_isShown)
            {
                _surroundings.Error.Write(Clear);
            }
        }

        _timer?.Dispose();
    }

    private void Write(string text)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _isShown = true;
                _surroundings.Error.Write($"{Clear}{text}");
            }
        }
    }
}
