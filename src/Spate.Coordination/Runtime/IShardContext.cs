namespace Spate.Coordination.Runtime;

/// <summary>
/// What the runtime gives to a state machine: the time, and timers that run as commands of the shard. Used from the shard's loop only.
/// All timers end with the shard.
/// </summary>
public interface IShardContext
{
    /// <summary>The epoch in which this broker leads the shard's partition.</summary>
    int Epoch { get; }

    /// <summary>Wall-clock time, for what is written down.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Milliseconds since 1970, for what is written down.</summary>
    long UtcNowMs { get; }

    /// <summary>
    /// Runs <paramref name="action"/> after <paramref name="delay"/> as a command of the key's group, in the place of any timer with the
    /// same key. When the records that it gives are refused by the log, it runs again after <see cref="ShardOptions.TimerRetryBackoff"/>.
    /// </summary>
    void Schedule(TimerKey key, TimeSpan delay, Func<CommandOutcome> action, CommandAccess access = CommandAccess.Exclusive);

    /// <summary>Lets a timer start again from now; false when there is none. Cheap: this is what every heartbeat does.</summary>
    bool Restart(TimerKey key, TimeSpan delay);

    /// <summary>Takes a timer back, also one that is due but has not run. Harmless when there is none.</summary>
    void Cancel(TimerKey key);
}
