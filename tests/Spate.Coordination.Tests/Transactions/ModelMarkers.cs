using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Transactions;

/// <summary>Writes markers into partitions of the model, some of which refuse now and then, and some of which lose one that they have said to have.</summary>
internal sealed class ModelMarkers(IReadOnlyDictionary<TopicPartition, ModelPartition> partitions, Func<bool> refuses, Func<bool> loses) : IMarkerWriter
{
    public ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
        TransactionEnd end, IReadOnlyCollection<TopicPartition> to, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<(TopicPartition, ErrorCode)>>(
            [.. to.OrderBy(partition => partition.Partition).Select(partition => (partition, refuses() ? ErrorCode.NotLeaderOrFollower : loses() ? ErrorCode.None : partitions[partition].End(end)))]);
}
