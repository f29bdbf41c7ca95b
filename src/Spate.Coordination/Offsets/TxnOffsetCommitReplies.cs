using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>What a TxnOffsetCommit is answered: an error for each partition, and none for the whole.</summary>
internal static class TxnOffsetCommitReplies
{
    public static TxnOffsetCommitResponse Refused(TxnOffsetCommitRequest request, ErrorCode error) => Answer(request, (_, _) => error);

    public static TxnOffsetCommitResponse Answer(
        TxnOffsetCommitRequest request,
        Func<TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic, TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition, ErrorCode> decide) => new()
        {
            Topics = request.Topics.ConvertAll(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
            {
                Name = topic.Name,
                Partitions = topic.Partitions.ConvertAll(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition
                {
                    PartitionIndex = partition.PartitionIndex,
                    ErrorCode = decide(topic, partition),
                }),
            }),
        };
}
