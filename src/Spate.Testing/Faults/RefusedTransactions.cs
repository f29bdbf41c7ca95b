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

    public static DescribeTransactionsResponse Of(DescribeTransactionsRequest request, ErrorCode error) => new()
    {
        TransactionStates = [.. request.TransactionalIds.Select(id => new DescribeTransactionsResponse.DescribedTransaction { TransactionalId = id, ErrorCode = error, TransactionState = "" })],
    };

    public static WriteTxnMarkersResponse Of(WriteTxnMarkersRequest request, ErrorCode error) => new()
    {
        Markers =
        [
            .. request.Markers.Select(marker => new WriteTxnMarkersResponse.WritableTxnMarkerResult
            {
                ProducerId = marker.ProducerId,
                Topics =
                [
                    .. marker.Topics.Select(topic => new WriteTxnMarkersResponse.WritableTxnMarkerTopicResult
                    {
                        Name = topic.Name,
                        Partitions =
                        [
                            .. topic.PartitionIndexes.Select(partition => new WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult { PartitionIndex = partition, ErrorCode = error }),
                        ],
                    }),
                ],
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
