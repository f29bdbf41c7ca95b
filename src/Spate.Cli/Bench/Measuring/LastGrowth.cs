namespace Spate.Cli.Bench.Measuring;

/// <summary>
/// When a count was last seen to grow. It is looked at now and then, which costs whoever counts nothing: a run whose broker goes away waits for it for a while, and that time is in nobody's rate. Safe for
/// use by several threads at once.
/// </summary>
internal sealed class LastGrowth : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    private readonly Func<long> _count;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private long _seen;
    private long _at;

    /// <param name="count">What is counted; called on a thread of the pool.</param>
    /// <param name="clock">The run's clock.</param>
    public LastGrowth(Func<long> count, TimeProvider clock)
    {
        (_count, _clock, _seen, _at) = (count, clock, count(), clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => Look(), null, Beat, Beat);
    }

    /// <summary>A timestamp of the clock: at most a hundredth of a second after it grew, or when it was first looked at if it has not grown since.</summary>
    public long At => Volatile.Read(ref _at);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var now = _count();
        if (Interlocked.Exchange(ref _seen, now) != now)
        {
            Volatile.Write(ref _at, _clock.GetTimestamp());
        }
    }
}
