namespace Spate.Simulation.Worlds;

/// <summary>
/// All that is going to happen, and the only clock: time stands still while something happens, and goes at once to what comes next. Of what
/// falls on the same moment, what was put down first comes first.
/// </summary>
internal sealed class Agenda : TimeProvider
{
    private static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<Entry, (long At, long Order)> _entries = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_now);

    public long NowMs => _now / TimeSpan.TicksPerMillisecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Origin.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <param name="delay">When, from now on.</param>
    /// <param name="what">What to call it; made only when it is looked at.</param>
    /// <param name="act">What happens then; false when it turns out that nothing does.</param>
    public void Put(TimeSpan delay, Func<string> what, Func<bool> act) =>
        _entries.Enqueue(new Entry(what, act), (_now + Math.Max(0, delay.Ticks), _order++));

    public void Put(TimeSpan delay, Func<string> what, Action act) => Put(delay, what, () =>
    {
        act();
        return true;
    });

    /// <summary>Lets the next thing happen.</summary>
    /// <returns>What it is called.</returns>
    /// <exception cref="InvalidOperationException">Nothing is ever going to happen any more.</exception>
    public Func<string> Advance()
    {
        while (_entries.TryDequeue(out var entry, out var place))
        {
            _now = place.At;
            if (entry.Act())
            {
                return entry.What;
            }
        }

        throw new InvalidOperationException("Nothing is on the agenda.");
    }

    private sealed record Entry(Func<string> What, Func<bool> Act);

    private sealed class Alarm(Agenda agenda, Action ring) : ITimer
    {
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
            {
                throw new NotSupportedException("Nothing that is simulated uses periodic timers.");
            }

            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                agenda.Put(dueTime, static () => "a timer rings", () =>
                {
                    if (setting != _setting)
                    {
                        return false;
                    }

                    ring();
                    return true;
                });
            }

            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
