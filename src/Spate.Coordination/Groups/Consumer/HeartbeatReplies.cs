using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>What a ConsumerGroupHeartbeat is answered.</summary>
internal static class HeartbeatReplies
{
    public static ConsumerGroupHeartbeatResponse Refused(ErrorCode error) => new() { ErrorCode = error };

    public static ConsumerGroupHeartbeatResponse Refused(Refusal refusal) => new() { ErrorCode = refusal.Error, ErrorMessage = refusal.Message };

    public static ConsumerGroupHeartbeatResponse Left(string memberId, int epoch) => new() { MemberId = memberId, MemberEpoch = epoch };

    /// <summary>What the member is, and what it has if it is to be told.</summary>
    public static ConsumerGroupHeartbeatResponse Of(ConsumerMember member, int heartbeatIntervalMs, bool tellsAssignment) => new()
    {
        MemberId = member.Id,
        MemberEpoch = member.Current.Epoch,
        HeartbeatIntervalMs = heartbeatIntervalMs,
        Assignment = tellsAssignment ? Assignment(member.Current.Assigned) : null,
    };

    public static Refusal NoSuchGroup(GroupShard shard, string groupId) => new(
        ErrorCode.GroupIdNotFound, shard.Find(groupId) is null ? $"Consumer group {groupId} not found." : $"Group {groupId} is not a consumer group.");

    private static ConsumerGroupHeartbeatResponse.MemberAssignment Assignment(PartitionSet assigned)
    {
        var assignment = new ConsumerGroupHeartbeatResponse.MemberAssignment();
        foreach (var (topic, partitions) in assigned.ToPairs())
        {
            assignment.TopicPartitions.Add(new ConsumerGroupHeartbeatResponse.TopicPartitions { TopicId = topic, Partitions = [.. partitions] });
        }

        return assignment;
    }
}
