using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Simulation.Canaries;

/// <summary>Markers of which some come once more when the next transaction is under way.</summary>
internal sealed class LateMarkers : Sabotage
{
    public override IMarkerWriter Around(IMarkerWriter markers) => new Late(markers, this);

    private sealed class Late(IMarkerWriter markers, Sabotage sabotage) : IMarkerWriter
    {
        public ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        {
            var again = partitions.ToList();
            sabotage.World.Agenda.Put(sabotage.World.Between(300, 2000), static () => "markers come once more", () =>
            {
                _ = markers.WriteAsync(end, again, cancellationToken).AsTask();
            });
            return markers.WriteAsync(end, partitions, cancellationToken);
        }
    }
}
