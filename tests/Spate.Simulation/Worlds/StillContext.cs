using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;

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

/// <summary>Where nothing that is to be told to partitions goes.</summary>
internal sealed class NoOutbox : IMarkerOutbox
{
    public void Send(MarkerJob job)
    {
    }

    public void Resume(IReadOnlyCollection<MarkerJob> jobs)
    {
    }

    public bool IsCurrent(MarkerJob job) => false;

    public void Settled(string transactionalId)
    {
    }
}
