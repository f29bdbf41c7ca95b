namespace Spate.Coordination.Runtime;

/// <summary>One timer of a shard.</summary>
internal sealed class ShardTimer(TimerKey key, Func<CommandOutcome> action, CommandAccess access)
{
    public TimerKey Key { get; } = key;

    public Func<CommandOutcome> Action { get; } = action;

    public CommandAccess Access { get; } = access;

    /// <summary>When to run, in ticks of the shard's clock.</summary>
    public long Due { get; set; }

    /// <summary>
    /// Where in the queue the timer stands, in ticks; null when it stands in none because it is due. May lie before <see cref="Due"/>: the
    /// timer is then put back when its place comes up.
    /// </summary>
    public long? QueuedAt { get; set; }
}
