using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>DescribeProducers 0 (KIP-664): who writes to a partition with a producer id, and whose transaction is open, by which one that hangs is found.</summary>
public sealed class DescribeProducersHandler(PartitionTable partitions) : RequestHandler<DescribeProducersRequest, DescribeProducersResponse>
{
    protected override ValueTask<DescribeProducersResponse?> HandleAsync(DescribeProducersRequest request, RequestContext context, CancellationToken cancellation)
    {
        var reply = new DescribeProducersResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new DescribeProducersResponse.TopicResponse { Name = topic.Name };
            reply.Topics.Add(answers);
            foreach (var index in topic.PartitionIndexes)
            {
                answers.Partitions.Add(Describe(topic.Name, index));
            }
        }

        return new ValueTask<DescribeProducersResponse?>(reply);
    }

    private DescribeProducersResponse.PartitionResponse Describe(string topic, int index)
    {
        var answer = new DescribeProducersResponse.PartitionResponse { PartitionIndex = index, ErrorCode = partitions.Find(topic, index, out var partition) };
        if (partition is null)
        {
            answer.ErrorMessage = answer.ErrorCode == ErrorCode.UnknownTopicOrPartition
                ? $"There is no partition {index} of a topic '{topic}'."
                : $"The directory that holds partition {index} of '{topic}' is offline.";
            return answer;
        }

        answer.ErrorCode = partition.DescribeProducers(out var producers);
        foreach (var producer in producers ?? [])
        {
            answer.ActiveProducers.Add(new DescribeProducersResponse.ProducerState
            {
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.Epoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.Timestamp,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.CurrentTransactionFirstOffset,
            });
        }

        return answer;
    }
}
