using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>
/// Has the ends of transactions written where the partitions are led. The broker implements it; whether that is here or elsewhere is not the
/// coordinator's affair. Used by several threads at once.
/// </summary>
public interface IMarkerWriter
{
    /// <summary>
    /// Writes one marker to each partition. Completes when each has been written or refused.
    /// </summary>
    /// <param name="end">What the marker says.</param>
    /// <param name="partitions">Where.</param>
    /// <param name="cancellationToken">Cancelled when the broker stops.</param>
    /// <returns>
    /// What became of each. None: it is in the log to stay. UNKNOWN_TOPIC_OR_PARTITION: there is no such partition any more. INVALID_PRODUCER_EPOCH:
    /// the partition knows a later epoch, and so has had this marker. TRANSACTION_COORDINATOR_FENCED: another coordinator has taken over.
    /// All others are tried again.
    /// </returns>
    ValueTask<IReadOnlyList<(TopicPartition Partition, ErrorCode Error)>> WriteAsync(
        TransactionEnd end, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);
}
