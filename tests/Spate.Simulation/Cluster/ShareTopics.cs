using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>The topics that share groups read, as the keeper of delivery state knows them.</summary>
internal sealed class ShareTopics(World world) : IShareTopics
{
    public bool Has(Uuid topicId, int partition) => world.Topics.Current.Find(topicId)?.PartitionCount > partition;
}
