using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>ConsumerGroupDescribe, versions 0 and 1: groups of the consumer protocol, told in full. Version 1 says which protocol a member speaks.</summary>
internal sealed class ConsumerGroupDescription(GroupShard shard, ITopicCatalog catalog, TargetAssignment target)
{
    private const sbyte SpeaksClassic = 0;
    private const sbyte SpeaksConsumer = 1;

    public static ConsumerGroupDescribeResponse.DescribedGroup Undescribed(string groupId, ErrorCode error, string? message) => new()
    {
        GroupId = groupId,
        ErrorCode = error,
        ErrorMessage = AnswerText.Fit(message),
    };

    public ConsumerGroupDescribeResponse.DescribedGroup Describe(string groupId)
    {
        if (groupId.Length == 0)
        {
            return Undescribed(groupId, ErrorCode.InvalidGroupId, null);
        }

        if (shard.Find(groupId)?.Consumer is not { } group)
        {
            return Undescribed(groupId, ErrorCode.GroupIdNotFound, shard.Find(groupId) is null ? $"Group {groupId} not found." : $"Group {groupId} is not a consumer group.");
        }

        var topics = catalog.Current;
        var described = new ConsumerGroupDescribeResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.State.ToString(),
            GroupEpoch = group.Epoch,
            AssignmentEpoch = group.AssignmentEpoch,
            AssignorName = target.Preferred(group.Members).Name,
        };
        described.Members.AddRange(group.Members.Select(member => new ConsumerGroupDescribeResponse.Member
        {
            MemberId = member.Id,
            InstanceId = member.Metadata.InstanceId,
            RackId = member.Metadata.RackId,
            MemberEpoch = member.Current.Epoch,
            ClientId = member.Metadata.ClientId,
            ClientHost = member.Metadata.ClientHost,
            SubscribedTopicNames = [.. member.Metadata.Topics],
            SubscribedTopicRegex = member.Metadata.Regex,
            Assignment = Assignment(member.Current.Assigned, topics),
            TargetAssignment = Assignment(group.TargetOf(member.Id), topics),
            MemberType = member.SpeaksClassic ? SpeaksClassic : SpeaksConsumer,
        }));
        return described;
    }

    /// <summary>Topics that are gone have no name to be told by.</summary>
    private static ConsumerGroupDescribeResponse.Assignment Assignment(PartitionSet partitions, ITopicView topics)
    {
        var assignment = new ConsumerGroupDescribeResponse.Assignment();
        foreach (var (topicId, those) in partitions.ToPairs())
        {
            if (topics.Find(topicId) is { } topic)
            {
                assignment.TopicPartitions.Add(new ConsumerGroupDescribeResponse.TopicPartitions
                {
                    TopicId = topicId,
                    TopicName = topic.Name,
                    Partitions = [.. those],
                });
            }
        }

        return assignment;
    }
}
