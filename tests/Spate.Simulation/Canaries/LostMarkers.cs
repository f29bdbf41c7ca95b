using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Simulation.Canaries;

/// <summary>Markers of which some are said to be written, and are not.</summary>
internal sealed class LostMarkers : Sabotage
{
    public override IMarkerWriter Around(IMarkerWriter markers) => new Losing(markers, this);

    private sealed class Losing(IMarkerWriter markers, Sabotage sabotage) : IMarkerWriter
    {
        public async ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        {
            var lost = partitions.Where(_ => sabotage.World.Chance(0.02)).ToList();
            var written = await markers.WriteAsync(end, [.. partitions.Except(lost)], cancellationToken);
            return [.. written, .. lost.Select(static partition => (partition, ErrorCode.None))];
        }
    }
}
