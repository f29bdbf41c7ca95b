using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Transactions;

/// <summary>
/// AddPartitionsToTxn 0 to 5: a producer names the partitions that it is about to write to in its transaction (KIP-98); all of them are taken, or
/// none. From version 4 on brokers ask for many transactions at once, and may ask only whether partitions are part of one (KIP-890); 5 knows
/// TRANSACTION_ABORTABLE.
/// </summary>
public sealed class AddPartitionsToTxnHandler(TransactionCoordinator transactions, ClusterView cluster)
    : RequestHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>
{
    private const short FirstVersionOfMany = 4;
    private const short FirstVersionOfAbortable = 5;
    private const short FirstVersionOfFenced = 2;

    protected override async ValueTask<AddPartitionsToTxnResponse?> HandleAsync(AddPartitionsToTxnRequest request, RequestContext context, CancellationToken cancellation)
    {
        var version = context.ApiVersion;
        if (version < FirstVersionOfMany)
        {
            var owner = new TransactionOwner(request.V3AndBelowTransactionalId, request.V3AndBelowProducerId, request.V3AndBelowProducerEpoch);
            return new AddPartitionsToTxnResponse { ResultsByTopicV3AndBelow = await AnswerAsync(owner, request.V3AndBelowTopics, verifies: false, version) };
        }

        var response = new AddPartitionsToTxnResponse();
        foreach (var transaction in request.Transactions)
        {
            var owner = new TransactionOwner(transaction.TransactionalId, transaction.ProducerId, transaction.ProducerEpoch);
            response.ResultsByTransaction.Add(new AddPartitionsToTxnResponse.AddPartitionsToTxnResult
            {
                TransactionalId = transaction.TransactionalId,
                TopicResults = await AnswerAsync(owner, transaction.Topics, transaction.VerifyOnly, version),
            });
        }

        return response;
    }

    private static ErrorCode Tell(ErrorCode error, short version) =>
        error == ErrorCode.TransactionAbortable && version < FirstVersionOfAbortable ? ErrorCode.InvalidTxnState : FencedProducers.Tell(error, version, FirstVersionOfFenced);

    private async ValueTask<List<AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult>> AnswerAsync(
        TransactionOwner owner, List<AddPartitionsToTxnRequest.AddPartitionsToTxnTopic> topics, bool verifies, short version)
    {
        List<TopicPartition> partitions = [.. topics.SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Name, index)))];
        var answers = new Dictionary<TopicPartition, ErrorCode>();
        foreach (var partition in partitions)
        {
            answers[partition] = Check(partition);
        }

        if (answers.Values.All(error => error == ErrorCode.None))
        {
            await AskAsync(owner, partitions, verifies, version, answers);
        }
        else
        {
            foreach (var partition in partitions.Where(partition => answers[partition] == ErrorCode.None))
            {
                answers[partition] = ErrorCode.OperationNotAttempted;
            }
        }

        return topics.ConvertAll(topic => new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
        {
            Name = topic.Name,
            ResultsByPartition = topic.Partitions.ConvertAll(index => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult
            {
                PartitionIndex = index,
                PartitionErrorCode = Tell(answers[new TopicPartition(topic.Name, index)], version),
            }),
        });
    }

    private async ValueTask AskAsync(
        TransactionOwner owner, List<TopicPartition> partitions, bool verifies, short version, Dictionary<TopicPartition, ErrorCode> answers)
    {
        if (verifies)
        {
            var verified = await transactions.VerifyPartitionsAsync(owner, partitions);
            for (var index = 0; index < partitions.Count; index++)
            {
                answers[partitions[index]] = verified[index];
            }

            return;
        }

        var error = await transactions.AddPartitionsAsync(owner, partitions, version >= FirstVersionOfAbortable ? (short)2 : (short)0);
        foreach (var partition in partitions)
        {
            answers[partition] = error;
        }
    }

    /// <summary>Only what is there can be part of a transaction, and of the broker's own topics only that of offsets.</summary>
    private ErrorCode Check(TopicPartition partition) =>
        !cluster.Image.TryGetTopic(partition.Topic, out var topic) || topic.FindPartition(partition.Partition) is null ? ErrorCode.UnknownTopicOrPartition
        : TopicName.IsInternal(partition.Topic) && partition.Topic != TopicName.ConsumerOffsets ? ErrorCode.InvalidTopic
        : ErrorCode.None;
}
