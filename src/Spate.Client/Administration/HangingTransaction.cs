using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>
/// A transaction that a partition holds open and nobody will end. <see cref="PartitionAdmin.DescribeProducersAsync"/> tells of the producer and the epochs.
/// </summary>
/// <param name="Partition">The partition.</param>
/// <param name="ProducerId">The producer's id.</param>
/// <param name="ProducerEpoch">The producer's epoch.</param>
/// <param name="CoordinatorEpoch">The coordinator's epoch as the partition knows it; 0 when it knows none.</param>
public sealed record HangingTransaction(TopicPartition Partition, long ProducerId, short ProducerEpoch, int CoordinatorEpoch);
