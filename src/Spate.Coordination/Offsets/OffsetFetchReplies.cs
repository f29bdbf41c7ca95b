using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>Between the one group of OffsetFetch up to version 7 and the many of later versions.</summary>
internal static class OffsetFetchReplies
{
    /// <summary>From this version on a request names many groups (KIP-709).</summary>
    public const short ManyGroupsVersion = 8;

    /// <summary>From this version on a reply has an error for the whole; before, each partition carries it.</summary>
    private const short WholeErrorVersion = 2;

    public static OffsetFetchRequest.OffsetFetchRequestGroup OnlyGroup(OffsetFetchRequest request) => new()
    {
        GroupId = request.GroupId,
        Topics = request.Topics?.ConvertAll(topic => new OffsetFetchRequest.OffsetFetchRequestTopics
        {
            Name = topic.Name,
            PartitionIndexes = topic.PartitionIndexes,
        }),
    };

    public static OffsetFetchResponse OnlyGroup(
        OffsetFetchRequest request, OffsetFetchResponse.OffsetFetchResponseGroup group, short version)
    {
        var response = new OffsetFetchResponse();
        if (group.ErrorCode == ErrorCode.None)
        {
            response.Topics.AddRange(group.Topics.Select(Topic));
        }
        else if (version >= WholeErrorVersion)
        {
            response.ErrorCode = group.ErrorCode;
        }
        else
        {
            response.Topics.AddRange((request.Topics ?? []).Select(topic => Failed(topic, group.ErrorCode)));
        }

        return response;
    }

    public static OffsetFetchResponse.OffsetFetchResponseGroup Refused(string groupId, ErrorCode error) => new()
    {
        GroupId = groupId,
        ErrorCode = error,
    };

    private static OffsetFetchResponse.OffsetFetchResponseTopic Topic(OffsetFetchResponse.OffsetFetchResponseTopics topic) => new()
    {
        Name = topic.Name,
        Partitions = topic.Partitions.ConvertAll(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
        {
            PartitionIndex = partition.PartitionIndex,
            CommittedOffset = partition.CommittedOffset,
            CommittedLeaderEpoch = partition.CommittedLeaderEpoch,
            Metadata = partition.Metadata,
            ErrorCode = partition.ErrorCode,
        }),
    };

    private static OffsetFetchResponse.OffsetFetchResponseTopic Failed(OffsetFetchRequest.OffsetFetchRequestTopic topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        Partitions = topic.PartitionIndexes.ConvertAll(partition => new OffsetFetchResponse.OffsetFetchResponsePartition
        {
            PartitionIndex = partition,
            CommittedOffset = OffsetFetchHandler.NoOffset,
            CommittedLeaderEpoch = -1,
            Metadata = "",
            ErrorCode = error,
        }),
    };
}
