using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>Refusals of what is asked of coordinators of transactions, where it has more than one error.</summary>
internal static class RefusedTransactions
{
    private const short FirstVersionOfManyTransactions = 4;

    public static AddPartitionsToTxnResponse Of(AddPartitionsToTxnRequest request, short version, ErrorCode error) => version < FirstVersionOfManyTransactions
        ? new AddPartitionsToTxnResponse { ResultsByTopicV3AndBelow = Results(request.V3AndBelowTopics, error) }
        : new AddPartitionsToTxnResponse
        {
            ResultsByTransaction =
            [
                .. request.Transactions.Select(transaction => new AddPartitionsToTxnResponse.AddPartitionsToTxnResult
                {
                    TransactionalId = transaction.TransactionalId,
                    TopicResults = Results(transaction.Topics, error),
                }),
            ],
        };

    private static List<AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult> Results(
        IEnumerable<AddPartitionsToTxnRequest.AddPartitionsToTxnTopic> topics, ErrorCode error) =>
    [
        .. topics.Select(topic => new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
        {
            Name = topic.Name,
            ResultsByPartition =
            [
                .. topic.Partitions.Select(partition => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult
                {
                    PartitionIndex = partition,
                    PartitionErrorCode = error,
                }),
            ],
        }),
    ];
}
