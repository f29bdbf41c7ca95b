using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>Refusals of requests about what became of records of share groups: one error for each partition.</summary>
internal static class RefusedShares
{
    public static ShareGroupDescribeResponse Of(ShareGroupDescribeRequest request, ErrorCode error) => new()
    {
        Groups = request.GroupIds.ConvertAll(group => new ShareGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = error }),
    };

    public static DescribeShareGroupOffsetsResponse Of(DescribeShareGroupOffsetsRequest request, ErrorCode error) => new()
    {
        Groups = request.Groups.ConvertAll(group => new DescribeShareGroupOffsetsResponse.GroupOffsets { GroupId = group.GroupId, ErrorCode = error }),
    };

    public static InitializeShareGroupStateResponse Of(InitializeShareGroupStateRequest request, ErrorCode error) => new()
    {
        Results = request.Topics.ConvertAll(topic => new InitializeShareGroupStateResponse.InitializeStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(each => new InitializeShareGroupStateResponse.PartitionResult { Partition = each.Partition, ErrorCode = error }),
        }),
    };

    public static ReadShareGroupStateResponse Of(ReadShareGroupStateRequest request, ErrorCode error) => new()
    {
        Results = request.Topics.ConvertAll(topic => new ReadShareGroupStateResponse.ReadStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(each => new ReadShareGroupStateResponse.PartitionResult { Partition = each.Partition, ErrorCode = error }),
        }),
    };

    public static WriteShareGroupStateResponse Of(WriteShareGroupStateRequest request, ErrorCode error) => new()
    {
        Results = request.Topics.ConvertAll(topic => new WriteShareGroupStateResponse.WriteStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(each => new WriteShareGroupStateResponse.PartitionResult { Partition = each.Partition, ErrorCode = error }),
        }),
    };

    public static DeleteShareGroupStateResponse Of(DeleteShareGroupStateRequest request, ErrorCode error) => new()
    {
        Results = request.Topics.ConvertAll(topic => new DeleteShareGroupStateResponse.DeleteStateResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(each => new DeleteShareGroupStateResponse.PartitionResult { Partition = each.Partition, ErrorCode = error }),
        }),
    };

    public static ReadShareGroupStateSummaryResponse Of(ReadShareGroupStateSummaryRequest request, ErrorCode error) => new()
    {
        Results = request.Topics.ConvertAll(topic => new ReadShareGroupStateSummaryResponse.ReadStateSummaryResult
        {
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(each => new ReadShareGroupStateSummaryResponse.PartitionResult { Partition = each.Partition, ErrorCode = error }),
        }),
    };
}
