using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>What an OffsetCommit is answered: an error for each partition, and none for the whole.</summary>
internal static class OffsetCommitReplies
{
    public static OffsetCommitResponse Refused(OffsetCommitRequest request, ErrorCode error) => Answer(request, (_, _) => error);

    public static OffsetCommitResponse Answer(
        OffsetCommitRequest request,
        Func<OffsetCommitRequest.OffsetCommitRequestTopic, OffsetCommitRequest.OffsetCommitRequestPartition, ErrorCode> decide)
    {
        var response = new OffsetCommitResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            foreach (var partition in topic.Partitions)
            {
                answer.Partitions.Add(new OffsetCommitResponse.OffsetCommitResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = decide(topic, partition),
                });
            }

            response.Topics.Add(answer);
        }

        return response;
    }
}
