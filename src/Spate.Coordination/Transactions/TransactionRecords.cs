using System.Runtime.InteropServices;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>The records of __transaction_state, as Kafka writes them.</summary>
internal static class TransactionRecords
{
    /// <summary>Key version of a transactional id; there is no other type of record.</summary>
    public const short KeyVersion = 0;

    /// <summary>The version of the value without what KIP-890 added, for clusters that run transactions of version 0.</summary>
    private const short OldValueVersion = 0;

    private const short ValueVersion = 1;

    /// <param name="transactionalId">The id.</param>
    /// <param name="transaction">What is to be said of it.</param>
    /// <param name="featureLevel">The cluster's level of transaction.version.</param>
    public static CoordinatorRecord Of(string transactionalId, Transaction transaction, short featureLevel)
    {
        var isOld = featureLevel < 1;
        var value = new TransactionLogValue
        {
            ProducerId = transaction.ProducerId,
            ProducerEpoch = transaction.ProducerEpoch,
            TransactionTimeoutMs = transaction.TimeoutMs,
            TransactionStatus = (sbyte)transaction.State,
            TransactionPartitions = transaction.State == TransactionState.Empty ? null : Topics(transaction),
            TransactionLastUpdateTimestampMs = transaction.LastUpdateMs,
            TransactionStartTimestampMs = transaction.StartMs,
            PreviousProducerId = isOld ? Transaction.NoProducerId : transaction.PreviousProducerId,
            NextProducerId = isOld ? Transaction.NoProducerId : transaction.NextProducerId,
            ClientTransactionVersion = isOld ? (short)0 : transaction.ClientVersion,
        };
        return new(Key(transactionalId), RecordFormat.Encode(value, isOld ? OldValueVersion : ValueVersion));
    }

    public static CoordinatorRecord Tombstone(string transactionalId) => CoordinatorRecord.Tombstone(Key(transactionalId));

    public static string ReadId(CoordinatorRecord record) => RecordFormat.Decode<TransactionLogKey>(record.Key).TransactionalId;

    public static Transaction? Read(CoordinatorRecord record)
    {
        if (record.Value is not { } bytes)
        {
            return null;
        }

        var value = RecordFormat.Decode<TransactionLogValue>(bytes);
        var state = (TransactionState)value.TransactionStatus;
        if (!Enum.IsDefined(state))
        {
            throw new InvalidDataException($"A transaction has the state {value.TransactionStatus}, of which nothing is known.");
        }

        return new Transaction
        {
            ProducerId = value.ProducerId,
            PreviousProducerId = value.PreviousProducerId,
            NextProducerId = value.NextProducerId,
            ProducerEpoch = value.ProducerEpoch,
            TimeoutMs = value.TransactionTimeoutMs,
            State = state,
            Partitions = Partitions(value),
            LastUpdateMs = value.TransactionLastUpdateTimestampMs,
            StartMs = value.TransactionStartTimestampMs,
            ClientVersion = value.ClientTransactionVersion,
        };
    }

    private static byte[] Key(string transactionalId) => RecordFormat.Encode(new TransactionLogKey { TransactionalId = transactionalId }, KeyVersion);

    /// <summary>In order, so that the same transaction is always the same bytes.</summary>
    private static List<TransactionLogValue.PartitionsSchema> Topics(Transaction transaction) =>
        [.. transaction.Partitions.ByTopic().Select(static topic => new TransactionLogValue.PartitionsSchema { Topic = topic.Topic, PartitionIds = topic.Partitions })];

    private static EnrolledPartitions Partitions(TransactionLogValue value)
    {
        var partitions = new List<TopicPartition>();
        foreach (var topic in value.TransactionPartitions ?? [])
        {
            foreach (var index in topic.PartitionIds)
            {
                partitions.Add(new TopicPartition(topic.Topic, index));
            }
        }

        return EnrolledPartitions.Of(CollectionsMarshal.AsSpan(partitions));
    }
}
