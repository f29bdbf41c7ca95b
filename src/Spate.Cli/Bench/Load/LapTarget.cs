namespace Spate.Cli.Bench.Load;

/// <summary>When several readers have read enough together. Safe for use by several threads at once.</summary>
internal sealed class LapTarget : IDisposable
{
    private readonly CancellationTokenSource _reached;
    private readonly TimeProvider _clock;
    private readonly long _records;
    private long _read;
    private long _reachedAt;

    /// <param name="records">How many records are enough.</param>
    /// <param name="duration">After how long it is enough all the same.</param>
    /// <param name="clock">The run's clock.</param>
    public LapTarget(long records, TimeSpan duration, TimeProvider clock)
    {
        (_records, _clock) = (records, clock);
        _reached = new CancellationTokenSource(duration, clock);
    }

    /// <summary>Cancelled once there is enough.</summary>
    public CancellationToken Reached => _reached.Token;

    /// <summary>When there were enough records; 0 before.</summary>
    public long ReachedAt => Volatile.Read(ref _reachedAt);

    /// <summary>So many more were read.</summary>
    public void Add(int records)
    {
        var read = Interlocked.Add(ref _read, records);
        if (read >= _records && read - records < _records)
        {
            Volatile.Write(ref _reachedAt, _clock.GetTimestamp());
            _reached.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reached.Dispose();
}
