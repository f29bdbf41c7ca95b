using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A transactional id in detail (KIP-664).</summary>
/// <param name="TransactionalId">The id.</param>
/// <param name="Coordinator">The id of the broker that coordinates it.</param>
/// <param name="State">How it stands.</param>
/// <param name="ProducerId">The producer id that goes with it.</param>
/// <param name="ProducerEpoch">The epoch of the producer.</param>
/// <param name="Timeout">How long a transaction of it may take.</param>
/// <param name="StartTime">When its transaction began; null when none is open.</param>
/// <param name="Partitions">The partitions that its transaction has written to so far.</param>
public sealed record TransactionDescription(
    string TransactionalId,
    int Coordinator,
    TransactionState State,
    long ProducerId,
    short ProducerEpoch,
    TimeSpan Timeout,
    DateTimeOffset? StartTime,
    IReadOnlyList<TopicPartition> Partitions);
