using Spate.Coordination.Runtime;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Canaries;

/// <summary>A log that now and then says that it has what it has not.</summary>
internal sealed class ForgetfulLog : Sabotage
{
    public override ICoordinatorLog Around(ICoordinatorLog log, LedPartition partition, Node node) => new Forgetful(log, this);

    private sealed class Forgetful(ICoordinatorLog log, Sabotage sabotage) : LogAround(log)
    {
        public override ValueTask<AppendResult> AppendAsync(IReadOnlyList<CoordinatorRecord> records) =>
            sabotage.World.Chance(0.01) ? ValueTask.FromResult(AppendResult.Committed(0)) : base.AppendAsync(records);
    }
}
