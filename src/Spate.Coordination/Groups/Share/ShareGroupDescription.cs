using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>ShareGroupDescribe, versions 0 and 1: share groups, told in full.</summary>
internal sealed class ShareGroupDescription(GroupShard shard, ITopicCatalog catalog, ShareGroupOptions options)
{
    public static ShareGroupDescribeResponse.DescribedGroup Undescribed(string groupId, ErrorCode error, string? message) => new()
    {
        GroupId = groupId,
        ErrorCode = error,
        ErrorMessage = AnswerText.Fit(message),
    };

    public ShareGroupDescribeResponse.DescribedGroup Describe(string groupId)
    {
        if (groupId.Length == 0)
        {
            return Undescribed(groupId, ErrorCode.InvalidGroupId, null);
        }

        if (shard.Find(groupId)?.Share is not { } group)
        {
            return Undescribed(groupId, ErrorCode.GroupIdNotFound, shard.Find(groupId) is null ? $"Group {groupId} not found." : $"Group {groupId} is not a share group.");
        }

        var topics = catalog.Current;
        var described = new ShareGroupDescribeResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.StateName,
            GroupEpoch = group.Epoch,
            AssignmentEpoch = group.AssignmentEpoch,
            AssignorName = options.Assignors[0],
        };
        described.Members.AddRange(group.Members.Select(member => new ShareGroupDescribeResponse.Member
        {
            MemberId = member.Id,
            RackId = member.Metadata.RackId,
            MemberEpoch = member.Current.Epoch,
            ClientId = member.Metadata.ClientId,
            ClientHost = member.Metadata.ClientHost,
            SubscribedTopicNames = [.. member.Metadata.Topics],
            Assignment = Told(member.Current.Assigned, topics),
        }));
        return described;
    }

    /// <summary>Topics that are gone have no name to be told by.</summary>
    private static ShareGroupDescribeResponse.Assignment Told(PartitionSet partitions, ITopicView topics)
    {
        var assignment = new ShareGroupDescribeResponse.Assignment();
        foreach (var (topicId, those) in partitions.ToPairs())
        {
            if (topics.Find(topicId) is { } topic)
            {
                assignment.TopicPartitions.Add(new ShareGroupDescribeResponse.TopicPartitions { TopicId = topicId, TopicName = topic.Name, Partitions = [.. those] });
            }
        }

        return assignment;
    }
}
