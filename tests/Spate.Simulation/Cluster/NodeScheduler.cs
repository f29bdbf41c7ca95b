using Spate.Coordination.Runtime;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Cluster;

/// <summary>Runs a node's shards for as long as it lives.</summary>
internal sealed class NodeScheduler(Node node, Pump pump) : IShardScheduler
{
    public void Schedule(IThreadPoolWorkItem item) => pump.Post(() =>
    {
        if (node.IsAlive)
        {
            item.Execute();
        }
    });
}
