using Spate.Coordination.Transactions;

namespace Spate.Simulation.Worlds;

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
