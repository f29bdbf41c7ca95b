using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers;

/// <summary>
/// OffsetForLeaderEpoch 0 to 4 (KIP-101, KIP-279): where an epoch ended, so that a reader can tell whether what it has read is still in the log.
/// From version 2 on the asker names the epoch that it takes for the current one (KIP-320). An epoch of which nothing is known is answered
/// with -1 and -1 and no error.
/// </summary>
public sealed class OffsetForLeaderEpochHandler(PartitionTable partitions) : RequestHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    protected override ValueTask<OffsetForLeaderEpochResponse?> HandleAsync(
        OffsetForLeaderEpochRequest request, RequestContext context, CancellationToken cancellation)
    {
        var reply = new OffsetForLeaderEpochResponse();
        foreach (var topic in request.Topics)
        {
            var answers = new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = topic.Topic };
            reply.Topics.Add(answers);
            foreach (var asked in topic.Partitions)
            {
                answers.Partitions.Add(Find(topic.Topic, asked));
            }
        }

        return new ValueTask<OffsetForLeaderEpochResponse?>(reply);
    }

    private OffsetForLeaderEpochResponse.EpochEndOffset Find(string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        var answer = new OffsetForLeaderEpochResponse.EpochEndOffset
        {
            Partition = asked.Partition,
            ErrorCode = partitions.Find(topic, asked.Partition, out var partition),
        };
        if (partition is null)
        {
            return answer;
        }

        answer.ErrorCode = partition.CheckLeaderEpoch(asked.CurrentLeaderEpoch);
        if (answer.ErrorCode == ErrorCode.None)
        {
            var end = partition.EndOfEpoch(asked.LeaderEpoch);
            answer.LeaderEpoch = end.Epoch;
            answer.EndOffset = end.EndOffset;
        }

        return answer;
    }
}
