using System.Text.RegularExpressions;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Transactions;

/// <summary>What operators ask of transactions (KIP-664): DescribeTransactions (version 0), ListTransactions (versions 0 to 2).</summary>
internal sealed class TransactionReports(TransactionShard shard, IShardContext context)
{
    public DescribeTransactionsResponse.DescribedTransaction Describe(string transactionalId)
    {
        if (shard.Find(transactionalId)?.Logged is not { } logged)
        {
            return new DescribeTransactionsResponse.DescribedTransaction { TransactionalId = transactionalId, ErrorCode = ErrorCode.TransactionalIdNotFound };
        }

        return new DescribeTransactionsResponse.DescribedTransaction
        {
            TransactionalId = transactionalId,
            TransactionState = logged.State.ToString(),
            TransactionTimeoutMs = logged.TimeoutMs,
            TransactionStartTimeMs = logged.StartMs,
            ProducerId = logged.ProducerId,
            ProducerEpoch = logged.ProducerEpoch,
            Topics =
            [
                .. logged.Partitions.ByTopic().Select(static topic => new DescribeTransactionsResponse.TopicData { Topic = topic.Topic, Partitions = topic.Partitions }),
            ],
        };
    }

    /// <param name="request">The filters; each that is empty lets all pass.</param>
    /// <param name="pattern">What transactional ids must match as a whole; null for any.</param>
    public IEnumerable<ListTransactionsResponse.ListedTransaction> List(ListTransactionsRequest request, Regex? pattern) => shard.Producers
        .Where(producer => (request.StateFilters.Count == 0 || request.StateFilters.Contains(producer.Logged.State.ToString(), StringComparer.Ordinal))
            && (request.ProducerIdFilters.Count == 0 || request.ProducerIdFilters.Contains(producer.Logged.ProducerId))
            && (request.DurationFilter < 0 || context.UtcNowMs - producer.Logged.StartMs > request.DurationFilter)
            && pattern?.IsMatch(producer.TransactionalId) != false)
        .Select(producer => new ListTransactionsResponse.ListedTransaction
        {
            TransactionalId = producer.TransactionalId,
            ProducerId = producer.Logged.ProducerId,
            TransactionState = producer.Logged.State.ToString(),
        });
}
