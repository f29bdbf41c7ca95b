using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Directories;

namespace Spate.Broker.Handlers;

/// <summary>
/// DeleteRecords 0 to 2 (KIP-107): moves the start of logs forward; -1 stands for the high watermark. What is answered lasts: the new starts are
/// in the checkpoints before the reply leaves, where Kafka writes them once a minute. A topic that is compacted and nothing else keeps its
/// records, and those of internal topics belong to the broker.
/// </summary>
public sealed class DeleteRecordsHandler(PartitionTable partitions, LogStore logs) : RequestHandler<DeleteRecordsRequest, DeleteRecordsResponse>
{
    private const long HighWatermark = -1;
    private const long NoOffset = -1;

    protected override async ValueTask<DeleteRecordsResponse?> HandleAsync(DeleteRecordsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var reply = new DeleteRecordsResponse();
        var moved = new List<TopicPartition>();
        foreach (var topic in request.Topics)
        {
            var answers = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            reply.Topics.Add(answers);
            foreach (var asked in topic.Partitions)
            {
                var error = Delete(topic.Name, asked, out var logStartOffset);
                answers.Partitions.Add(new DeleteRecordsResponse.DeleteRecordsPartitionResult
                {
                    PartitionIndex = asked.PartitionIndex,
                    LowWatermark = logStartOffset,
                    ErrorCode = error,
                });
                if (error == ErrorCode.None)
                {
                    moved.Add(new TopicPartition(topic.Name, asked.PartitionIndex));
                }
            }
        }

        if (moved.Count > 0)
        {
            // The disk is waited for; requests that came behind this one need not be.
            await Task.Run(() => logs.CheckpointLogStartOffsets(moved), CancellationToken.None);
        }

        return reply;
    }

    private ErrorCode Delete(string topic, DeleteRecordsRequest.DeleteRecordsPartition asked, out long logStartOffset)
    {
        logStartOffset = NoOffset;
        if (TopicName.IsInternal(topic))
        {
            return ErrorCode.InvalidTopic;
        }

        var error = partitions.Find(topic, asked.PartitionIndex, out var partition);
        if (partition is null)
        {
            return error;
        }

        if (!partition.Log.Config.DeletesOldSegments)
        {
            return ErrorCode.PolicyViolation;
        }

        return asked.Offset < HighWatermark
            ? ErrorCode.OffsetOutOfRange
            : partition.DeleteRecords(asked.Offset == HighWatermark ? null : asked.Offset, out logStartOffset);
    }
}
