using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Simulation.Transactions;

namespace Spate.Simulation.Canaries;

/// <summary>A partition that cannot be told how transactions end.</summary>
internal sealed class DeafPartition : Sabotage
{
    public override IMarkerWriter Around(IMarkerWriter markers) => new Deaf(markers);

    private sealed class Deaf(IMarkerWriter markers) : IMarkerWriter
    {
        public async ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
            TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        {
            var deaf = partitions.Where(static partition => partition.Topic == DataPartition.Topic && partition.Partition == 0).ToList();
            var written = await markers.WriteAsync(end, [.. partitions.Except(deaf)], cancellationToken);
            return [.. written, .. deaf.Select(static partition => (partition, ErrorCode.NotLeaderOrFollower))];
        }
    }
}
