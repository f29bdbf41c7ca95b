namespace Spate.Cli.Running;

/// <summary>Says once what is waited for when it takes so long that a person begins to wonder.</summary>
internal sealed class WaitingNotice : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ITimer _timer;
    private int _isOver;

    public WaitingNotice(Surroundings surroundings, string text) => _timer = surroundings.Clock.CreateTimer(
        _ =>
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                surroundings.Error.WriteLine($"spate: {text}");
            }
        },
        null,
        Patience,
        Timeout.InfiniteTimeSpan);

    /// <summary>There was an answer.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _isOver, 1);
        _timer.Dispose();
    }
}
