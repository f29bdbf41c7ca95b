namespace Spate.Client.Connections;

/// <summary>
/// Watches over a connection's time: that no request waits longer than it may, and that a connection which nobody uses does not stay open. Under the gate of its connection,
/// which it wakes when something may be due.
/// </summary>
internal sealed class ConnectionTimer(RequestTable requests, ConnectionFaults faults, KafkaClientOptions options, Action wake) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly ITimer _timer = options.TimeProvider.CreateTimer(
        static state => ((Action)state!)(), wake, options.ConnectionsMaxIdle, Timeout.InfiniteTimeSpan);

    private long _lastUsed = options.TimeProvider.GetTimestamp();

    /// <summary>Something was sent or heard.</summary>
    public void Touch() => _lastUsed = options.TimeProvider.GetTimestamp();

    /// <summary>Wakes the connection at the earliest deadline, or at the end of idleness when nothing is under way.</summary>
    public void Arm()
    {
        var due = requests.EarliestDeadline(_lastUsed + Ticks(options.ConnectionsMaxIdle));
        var wait = options.TimeProvider.GetElapsedTime(options.TimeProvider.GetTimestamp(), due);
        _timer.Change(wait < ShortestWait ? ShortestWait : wait, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why the connection has to end now; null when it goes on, and then the timer is set again.</summary>
    /// <param name="isWriting">Whether something is being written.</param>
    /// <param name="isIdle">Whether the reason is that nobody has used it.</param>
    public KafkaException? Judge(bool isWriting, out bool isIdle)
    {
        var now = options.TimeProvider.GetTimestamp();
        isIdle = false;
        if (requests.FindLate(now) is { } late)
        {
            return faults.Late(late.Api, options.RequestTimeout);
        }

        if (requests.InFlight == 0 && !isWriting && now - _lastUsed >= Ticks(options.ConnectionsMaxIdle))
        {
            isIdle = true;
            return faults.Idle();
        }

        Arm();
        return null;
    }

    /// <summary>Wakes nobody any more.</summary>
    public void Stop() => _timer.Dispose();

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * options.TimeProvider.TimestampFrequency);
}
