using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Requests;

/// <summary>
/// What requests are answered with whose <c>timeout_ms</c> passed before there was an answer: REQUEST_TIMED_OUT, which leaves open whether
/// what was asked still happens. A time of 0 or less asks for no bound; Kafka answers such requests with the error whatever happens.
/// </summary>
internal static class TimedOutReplies
{
    private const string Message = "The request was not done when its time was up; it may be done yet.";

    /// <summary>Whether the requests of an API say how long they wait. Produce does too, and answers for each partition by itself.</summary>
    public static bool AreFor(ApiKey key) => key is ApiKey.CreateTopics or ApiKey.DeleteTopics or ApiKey.CreatePartitions or ApiKey.DeleteRecords
        or ApiKey.ElectLeaders or ApiKey.AlterPartitionReassignments or ApiKey.UpdateFeatures;

    /// <summary>How long a request of some version waits, and what it is answered with then; null when it waits without a bound.</summary>
    public static (TimeSpan Time, IMessage Reply)? Of(IRequestMessage request, short version)
    {
        (int TimeoutMs, IMessage Reply)? bound = request switch
        {
            CreateTopicsRequest create => (create.TimeoutMs, Of(create)),
            DeleteTopicsRequest delete => (delete.TimeoutMs, Of(delete)),
            CreatePartitionsRequest create => (create.TimeoutMs, Of(create)),
            DeleteRecordsRequest delete => (delete.TimeoutMs, Of(delete)),
            ElectLeadersRequest elect => (elect.TimeoutMs, Of(elect, version)),
            AlterPartitionReassignmentsRequest alter => (alter.TimeoutMs, new AlterPartitionReassignmentsResponse
            {
                ErrorCode = ErrorCode.RequestTimedOut,
                ErrorMessage = Message,
                AllowReplicationFactorChange = alter.AllowReplicationFactorChange,
            }),
            UpdateFeaturesRequest update => (update.TimeoutMs, new UpdateFeaturesResponse { ErrorCode = ErrorCode.RequestTimedOut, ErrorMessage = Message }),
            _ => null,
        };
        return bound is { TimeoutMs: > 0 } given ? (TimeSpan.FromMilliseconds(given.TimeoutMs), given.Reply) : null;
    }

    private static CreateTopicsResponse Of(CreateTopicsRequest request) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new CreateTopicsResponse.CreatableTopicResult
            {
                Name = topic.Name,
                ErrorCode = ErrorCode.RequestTimedOut,
                ErrorMessage = Message,
                Configs = null,
            }),
        ],
    };

    private static DeleteTopicsResponse Of(DeleteTopicsRequest request) => new()
    {
        Responses =
        [
            .. request.TopicNames.Select(name => new DeleteTopicsResponse.DeletableTopicResult
            {
                Name = name,
                ErrorCode = ErrorCode.RequestTimedOut,
                ErrorMessage = Message,
            }),
            .. request.Topics.Select(topic => new DeleteTopicsResponse.DeletableTopicResult
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                ErrorCode = ErrorCode.RequestTimedOut,
                ErrorMessage = Message,
            }),
        ],
    };

    private static CreatePartitionsResponse Of(CreatePartitionsRequest request) => new()
    {
        Results =
        [
            .. request.Topics.Select(topic => new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = topic.Name,
                ErrorCode = ErrorCode.RequestTimedOut,
                ErrorMessage = Message,
            }),
        ],
    };

    private static DeleteRecordsResponse Of(DeleteRecordsRequest request) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new DeleteRecordsResponse.DeleteRecordsTopicResult
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new DeleteRecordsResponse.DeleteRecordsPartitionResult
                    {
                        PartitionIndex = partition.PartitionIndex,
                        LowWatermark = -1,
                        ErrorCode = ErrorCode.RequestTimedOut,
                    }),
                ],
            }),
        ],
    };

    /// <summary>Version 0 has no error of its own, so each partition that was named has it; all partitions are meant where none is named.</summary>
    private static ElectLeadersResponse Of(ElectLeadersRequest request, short version) => new()
    {
        ErrorCode = version == 0 ? ErrorCode.None : ErrorCode.RequestTimedOut,
        ReplicaElectionResults =
        [
            .. (request.TopicPartitions ?? []).Select(topic => new ElectLeadersResponse.ReplicaElectionResult
            {
                Topic = topic.Topic,
                PartitionResult =
                [
                    .. topic.Partitions.Select(partition => new ElectLeadersResponse.PartitionResult
                    {
                        PartitionId = partition,
                        ErrorCode = ErrorCode.RequestTimedOut,
                        ErrorMessage = Message,
                    }),
                ],
            }),
        ],
    };
}
