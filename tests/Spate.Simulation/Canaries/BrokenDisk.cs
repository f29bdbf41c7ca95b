using Spate.Coordination.Runtime;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Canaries;

/// <summary>A log that fails in a way that nobody has thought of.</summary>
internal sealed class BrokenDisk : Sabotage
{
    public override ICoordinatorLog Around(ICoordinatorLog log, LedPartition partition, Node node) => new Broken(log, this);

    private sealed class Broken(ICoordinatorLog log, Sabotage sabotage) : LogAround(log)
    {
        public override ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) =>
            sabotage.World.Chance(0.001) ? throw new InvalidOperationException("An invariant of the log is broken.") : base.AppendAsync(records);
    }
}
