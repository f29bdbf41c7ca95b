using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>Writes markers into partitions of the model, some of which refuse now and then.</summary>
internal sealed class ModelMarkers(IReadOnlyDictionary<TopicPartition, ModelPartition> partitions, Func<bool> refuses) : IMarkerWriter
{
    public ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
        TransactionEnd end, IReadOnlyCollection<TopicPartition> to, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<(TopicPartition, ErrorCode)>>(
            [.. to.OrderBy(partition => partition.Partition).Select(partition => (partition, refuses() ? ErrorCode.NotLeaderOrFollower : partitions[partition].End(end)))]);
}
