using Spate.Coordination.Runtime;

namespace Spate.Simulation.Worlds;

/// <summary>Where time stands still and no timer runs, for states that are only replayed into.</summary>
internal sealed class StillContext : IShardContext
{
    public int Epoch => 0;

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

    public long UtcNowMs => 0;

    public void Schedule(TimerKey key, TimeSpan delay, Func<CommandOutcome> action, CommandAccess access = CommandAccess.Exclusive)
    {
    }

    public bool Restart(TimerKey key, TimeSpan delay) => false;

    public void Cancel(TimerKey key)
    {
    }
}
