using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>Refusals of what is asked of coordinators of groups, where it has more than one error.</summary>
internal static class RefusedGroups
{
    private const string Said = "The test refuses it.";
    private const short FirstVersionOfManyKeys = 4;
    private const short FirstVersionOfManyGroups = 8;
    private const short FirstVersionOfWholeErrors = 2;

    public static FindCoordinatorResponse Of(FindCoordinatorRequest request, short version, ErrorCode error) => version < FirstVersionOfManyKeys
        ? new FindCoordinatorResponse { ErrorCode = error, ErrorMessage = Said, NodeId = -1, Port = -1 }
        : new FindCoordinatorResponse
        {
            Coordinators =
            [
                .. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
                {
                    Key = key,
                    NodeId = -1,
                    Port = -1,
                    ErrorCode = error,
                    ErrorMessage = Said,
                }),
            ],
        };

    public static OffsetCommitResponse Of(OffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
            {
                Name = topic.Name,
                TopicId = topic.TopicId,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
                    {
                        PartitionIndex = partition.PartitionIndex,
                        ErrorCode = error,
                    }),
                ],
            }),
        ],
    };

    public static TxnOffsetCommitResponse Of(TxnOffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition
                    {
                        PartitionIndex = partition.PartitionIndex,
                        ErrorCode = error,
                    }),
                ],
            }),
        ],
    };

    public static OffsetFetchResponse Of(OffsetFetchRequest request, short version, ErrorCode error) => version >= FirstVersionOfManyGroups
        ? new OffsetFetchResponse
        {
            Groups = [.. request.Groups.Select(group => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = error })],
        }
        : new OffsetFetchResponse
        {
            ErrorCode = version >= FirstVersionOfWholeErrors ? error : ErrorCode.None,
            Topics =
            [
                .. (request.Topics ?? []).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions =
                    [
                        .. topic.PartitionIndexes.Select(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
                        {
                            PartitionIndex = partition,
                            CommittedOffset = -1,
                            ErrorCode = error,
                        }),
                    ],
                }),
            ],
        };

    public static DescribeGroupsResponse Of(DescribeGroupsRequest request, ErrorCode error) => new()
    {
        Groups = [.. request.Groups.Select(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, ErrorCode = error, ErrorMessage = Said })],
    };

    public static ConsumerGroupDescribeResponse Of(ConsumerGroupDescribeRequest request, ErrorCode error) => new()
    {
        Groups = [.. request.GroupIds.Select(group => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = error, ErrorMessage = Said })],
    };

    public static StreamsGroupDescribeResponse Of(StreamsGroupDescribeRequest request, ErrorCode error) => new()
    {
        Groups = [.. request.GroupIds.Select(group => new StreamsGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = error, ErrorMessage = Said })],
    };

    public static DeleteGroupsResponse Of(DeleteGroupsRequest request, ErrorCode error) => new()
    {
        Results = [.. request.GroupsNames.Select(group => new DeleteGroupsResponse.DeletableGroupResult { GroupId = group, ErrorCode = error })],
    };
}
