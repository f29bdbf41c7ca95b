using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Transactions;

/// <summary>
/// Partitions become part of a transaction (AddPartitionsToTxn, AddOffsetsToTxn, and what brokers ask on behalf of producers that leave it to
/// them, KIP-890), or are looked up there.
/// </summary>
internal sealed class PartitionEnrolments(TransactionShard shard, IShardContext context)
{
    /// <param name="owner">Who asks.</param>
    /// <param name="partitions">What is to be part of the transaction.</param>
    /// <param name="clientVersion">The version of transactions that the client speaks.</param>
    /// <param name="reply">None when all of them are part of it, for good.</param>
    public CommandOutcome Add(TransactionOwner owner, IReadOnlyCollection<TopicPartition> partitions, short clientVersion, Reply<ErrorCode> reply)
    {
        var error = Check(owner, out var producer);
        if (error != ErrorCode.None || producer is null)
        {
            reply.Complete(error);
            return CommandOutcome.Done;
        }

        var logged = producer.Logged;
        if (logged.State == TransactionState.Ongoing && partitions.All(logged.Partitions.Contains))
        {
            reply.Complete(ErrorCode.None);
            return CommandOutcome.Done;
        }

        return CommandOutcome.Append(
            [shard.Record(owner.TransactionalId, logged.Enrol(partitions, clientVersion, context.UtcNowMs))], () => reply.Complete(ErrorCode.None));
    }

    /// <summary>Whether partitions are part of the transaction that is under way (KIP-890), each by itself.</summary>
    public Func<TopicPartition, ErrorCode> Verify(TransactionOwner owner)
    {
        var error = Check(owner, out var producer);
        var enrolled = producer?.Logged.Partitions;
        return partition => error != ErrorCode.None ? error
            : enrolled!.Contains(partition) ? ErrorCode.None
            : ErrorCode.TransactionAbortable;
    }

    private ErrorCode Check(TransactionOwner owner, out TransactionalProducer? producer)
    {
        producer = shard.Find(owner.TransactionalId);
        var logged = producer?.Logged;
        return logged is null || logged.ProducerId != owner.ProducerId ? ErrorCode.InvalidProducerIdMapping
            : logged.ProducerEpoch != owner.ProducerEpoch || logged.IsFenceOnly ? ErrorCode.ProducerFenced
            : logged.IsPrepared ? ErrorCode.ConcurrentTransactions
            : ErrorCode.None;
    }
}
