using Spate.Coordination.Runtime;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Canaries;

/// <summary>A log that takes appends from whoever once led it.</summary>
internal sealed class UnfencedLog : Sabotage
{
    public override ICoordinatorLog Around(ICoordinatorLog log, LedPartition partition, Node node) => new Unfenced(log, partition, node);

    private sealed class Unfenced(ICoordinatorLog log, LedPartition partition, Node node) : LogAround(log)
    {
        public override ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) =>
            partition.Log.LedBy(node, partition.Log.Epoch).AppendAsync(records);
    }
}
