using Spate.Coordination.Shares.State;
using Spate.Protocol;

namespace Spate.Simulation.Cluster;

/// <summary>The topics that share groups read are always there.</summary>
internal sealed class AllShareTopics : IShareTopics
{
    public bool Has(Uuid topicId, int partition) => true;
}
