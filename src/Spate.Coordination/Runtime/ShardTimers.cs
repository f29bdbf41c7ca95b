namespace Spate.Coordination.Runtime;

/// <summary>
/// All timers of a shard on one alarm of the clock. Restarting a timer, which every heartbeat does, only notes the new time: the queue
/// learns of it when the old time comes up.
/// </summary>
internal sealed class ShardTimers : IShardContext, IDisposable
{
    /// <summary>The queue is swept of cancelled timers when it holds more than twice as many entries as there are timers, and this many.</summary>
    private const int SweptQueueLength = 64;

    private readonly Dictionary<TimerKey, ShardTimer> _timers = [];
    private readonly PriorityQueue<ShardTimer, long> _queue = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _retryBackoff;
    private readonly long _origin;
    private readonly ITimer _alarm;
    private long _alarmSetTo = long.MaxValue;

    /// <param name="time">The clock.</param>
    /// <param name="retryBackoff">How long a timer waits whose records were refused.</param>
    /// <param name="ring">Called by the clock, on any thread, when a timer may be due.</param>
    /// <param name="epoch">The epoch in which this broker leads the shard's partition.</param>
    public ShardTimers(TimeProvider time, TimeSpan retryBackoff, Action ring, int epoch = 0)
    {
        Epoch = epoch;
        _time = time;
        _retryBackoff = retryBackoff;
        _origin = time.GetTimestamp();
        _alarm = time.CreateTimer(static ring => ((Action)ring!)(), ring, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Epoch { get; }

    public DateTimeOffset UtcNow => _time.GetUtcNow();

    public long UtcNowMs => UtcNow.ToUnixTimeMilliseconds();

    /// <summary>Timers that are set or due.</summary>
    public int Count => _timers.Count;

    private long Now => _time.GetElapsedTime(_origin).Ticks;

    public void Schedule(TimerKey key, TimeSpan delay, Func<CommandOutcome> action, CommandAccess access = CommandAccess.Exclusive)
    {
        var timer = new ShardTimer(key, action, access) { Due = Now + delay.Ticks };
        _timers[key] = timer;
        Enqueue(timer);
    }

    public bool Restart(TimerKey key, TimeSpan delay)
    {
        if (!_timers.TryGetValue(key, out var timer))
        {
            return false;
        }

        timer.Due = Now + delay.Ticks;
        if (timer.QueuedAt is not { } place || timer.Due < place)
        {
            Enqueue(timer);
        }

        return true;
    }

    public void Cancel(TimerKey key) => _timers.Remove(key);

    /// <summary>The next timer whose time has come; null when there is none.</summary>
    public ShardTimer? TakeDue()
    {
        while (_queue.TryPeek(out var timer, out var place) && place <= Now)
        {
            _queue.Dequeue();
            if (!IsSet(timer) || timer.QueuedAt != place)
            {
                continue;
            }

            if (timer.Due > place)
            {
                Enqueue(timer);
                continue;
            }

            timer.QueuedAt = null;
            return timer;
        }

        return null;
    }

    /// <summary>Whether a due timer is still to run, having been neither cancelled nor started anew since it was taken; it runs once.</summary>
    public bool TryClaim(ShardTimer timer)
    {
        if (!IsSet(timer) || timer.QueuedAt is not null)
        {
            return false;
        }

        _timers.Remove(timer.Key);
        return true;
    }

    /// <summary>Lets a timer run again whose work came to nothing, unless a new one has taken its name.</summary>
    public void Retry(ShardTimer timer)
    {
        if (!_timers.ContainsKey(timer.Key))
        {
            Schedule(timer.Key, _retryBackoff, timer.Action, timer.Access);
        }
    }

    /// <summary>Sets the alarm to the first place in the queue.</summary>
    public void Arm()
    {
        if (_queue.Count > (2 * _timers.Count) + SweptQueueLength)
        {
            Sweep();
        }

        var next = _queue.TryPeek(out _, out var place) ? place : long.MaxValue;
        if (next == _alarmSetTo)
        {
            return;
        }

        _alarmSetTo = next;
        var delay = next == long.MaxValue ? Timeout.InfiniteTimeSpan : Longest(TimeSpan.FromTicks(Math.Max(0, next - Now)));
        _alarm.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The alarm has rung, whether or not a timer is due.</summary>
    public void Rung() => _alarmSetTo = long.MaxValue;

    public void Dispose()
    {
        _timers.Clear();
        _queue.Clear();
        _alarm.Dispose();
    }

    /// <summary>Clocks round: an alarm a little before its time is set again, but not for less than a millisecond.</summary>
    private static TimeSpan Longest(TimeSpan delay)
    {
        var atLeast = delay < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : delay;
        return atLeast > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : atLeast;
    }

    private bool IsSet(ShardTimer timer) => _timers.TryGetValue(timer.Key, out var set) && ReferenceEquals(set, timer);

    private void Enqueue(ShardTimer timer)
    {
        timer.QueuedAt = timer.Due;
        _queue.Enqueue(timer, timer.Due);
    }

    private void Sweep()
    {
        _queue.Clear();
        foreach (var timer in _timers.Values)
        {
            if (timer.QueuedAt is not null)
            {
                Enqueue(timer);
            }
        }
    }
}
