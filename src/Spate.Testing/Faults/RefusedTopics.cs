using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>Refusals of what is asked of topics.</summary>
internal static class RefusedTopics
{
    private const string Said = "The test refuses it.";
    private const short FirstVersionOfWholeErrors = 13;
    private const short FirstVersionOfUnnamed = 12;
    private const short FirstVersionOfWholeElections = 1;

    /// <summary>Before there was an error for all of it, a request for all topics could not be refused, and gets none.</summary>
    public static MetadataResponse Of(MetadataRequest request, short version, ErrorCode error) => new()
    {
        ErrorCode = version >= FirstVersionOfWholeErrors ? error : ErrorCode.None,
        Topics =
        [
            .. (request.Topics ?? []).Select(topic => new MetadataResponse.MetadataResponseTopic
            {
                ErrorCode = error,
                Name = topic.Name ?? (version >= FirstVersionOfUnnamed ? null : ""),
                TopicId = topic.TopicId,
            }),
        ],
    };

    public static ElectLeadersResponse Of(ElectLeadersRequest request, short version, ErrorCode error) => version >= FirstVersionOfWholeElections
        ? new ElectLeadersResponse { ErrorCode = error }
        : new ElectLeadersResponse
        {
            ReplicaElectionResults =
            [
                .. (request.TopicPartitions ?? []).Select(topic => new ElectLeadersResponse.ReplicaElectionResult
                {
                    Topic = topic.Topic,
                    PartitionResult = [.. topic.Partitions.Select(partition => new ElectLeadersResponse.PartitionResult { PartitionId = partition, ErrorCode = error, ErrorMessage = Said })],
                }),
            ],
        };

    public static DescribeTopicPartitionsResponse Of(DescribeTopicPartitionsRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic { Name = topic.Name, ErrorCode = error })],
    };

    public static CreateTopicsResponse Of(CreateTopicsRequest request, ErrorCode error) => new()
    {
        Topics = [.. request.Topics.Select(topic => new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, ErrorCode = error, ErrorMessage = Said, Configs = null })],
    };

    public static DeleteTopicsResponse Of(DeleteTopicsRequest request, ErrorCode error) => new()
    {
        Responses =
        [
            .. request.TopicNames.Select(name => new DeleteTopicsResponse.DeletableTopicResult { Name = name, ErrorCode = error, ErrorMessage = Said }),
            .. request.Topics.Select(topic => new DeleteTopicsResponse.DeletableTopicResult { Name = topic.Name, TopicId = topic.TopicId, ErrorCode = error, ErrorMessage = Said }),
        ],
    };

    public static CreatePartitionsResponse Of(CreatePartitionsRequest request, ErrorCode error) => new()
    {
        Results = [.. request.Topics.Select(topic => new CreatePartitionsResponse.CreatePartitionsTopicResult { Name = topic.Name, ErrorCode = error, ErrorMessage = Said })],
    };

    public static DescribeProducersResponse Of(DescribeProducersRequest request, ErrorCode error) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new DescribeProducersResponse.TopicResponse
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.PartitionIndexes.Select(partition => new DescribeProducersResponse.PartitionResponse { PartitionIndex = partition, ErrorCode = error, ErrorMessage = Said }),
                ],
            }),
        ],
    };

    public static AlterReplicaLogDirsResponse Of(AlterReplicaLogDirsRequest request, ErrorCode error) => new()
    {
        Results =
        [
            .. request.Dirs.SelectMany(static directory => directory.Topics).Select(topic => new AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
            {
                TopicName = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult { PartitionIndex = partition, ErrorCode = error }),
                ],
            }),
        ],
    };
}
