using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Testing.Faults;

/// <summary>Refusals of what is asked of partitions and their records.</summary>
internal static class RefusedRecords
{
    private const long NoOffset = -1;

    public static ProduceResponse Of(ProduceRequest request, ErrorCode error) => new()
    {
        Responses =
        [
            .. request.TopicData.Select(topic => new ProduceResponse.TopicProduceResponse
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                PartitionResponses =
                [
                    .. topic.PartitionData.Select(partition => new ProduceResponse.PartitionProduceResponse
                    {
                        Index = partition.Index,
                        ErrorCode = error,
                        BaseOffset = NoOffset,
                    }),
                ],
            }),
        ],
    };

    /// <summary>A fetch that goes on with a session may name no partition, and is refused as a whole then.</summary>
    public static FetchResponse Of(FetchRequest request, ErrorCode error) => new()
    {
        ErrorCode = request.Topics.Count == 0 ? error : ErrorCode.None,
        Responses =
        [
            .. request.Topics.Select(topic => new FetchResponse.FetchableTopicResponse
            {
                Topic = topic.Topic,
                TopicId = topic.TopicId,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new FetchResponse.PartitionData
                    {
                        PartitionIndex = partition.Partition,
                        ErrorCode = error,
                        HighWatermark = NoOffset,
                        Records = RecordsPayload.Empty,
                    }),
                ],
            }),
        ],
    };

    public static ListOffsetsResponse Of(ListOffsetsRequest request, ErrorCode error) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse
                    {
                        PartitionIndex = partition.PartitionIndex,
                        ErrorCode = error,
                    }),
                ],
            }),
        ],
    };

    public static OffsetForLeaderEpochResponse Of(OffsetForLeaderEpochRequest request, ErrorCode error) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult
            {
                Topic = topic.Topic,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new OffsetForLeaderEpochResponse.EpochEndOffset
                    {
                        Partition = partition.Partition,
                        ErrorCode = error,
                    }),
                ],
            }),
        ],
    };

    public static DeleteRecordsResponse Of(DeleteRecordsRequest request, ErrorCode error) => new()
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
                        ErrorCode = error,
                        LowWatermark = NoOffset,
                    }),
                ],
            }),
        ],
    };
}
