using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>What a ShareGroupHeartbeat is answered.</summary>
internal static class ShareHeartbeatReplies
{
    public static ShareGroupHeartbeatResponse Refused(ErrorCode error) => new() { ErrorCode = error };

    public static ShareGroupHeartbeatResponse Refused(Refusal refusal) => new() { ErrorCode = refusal.Error, ErrorMessage = refusal.Message };

    public static ShareGroupHeartbeatResponse Left(string memberId) => new() { MemberId = memberId, MemberEpoch = MemberEpochs.Leaving };

    /// <summary>What the member is, and what it has if it is to be told.</summary>
    public static ShareGroupHeartbeatResponse Of(ShareMember member, int heartbeatIntervalMs, bool tellsAssignment) => new()
    {
        MemberId = member.Id,
        MemberEpoch = member.Current.Epoch,
        HeartbeatIntervalMs = heartbeatIntervalMs,
        Assignment = tellsAssignment ? Assignment(member.Current.Assigned) : null,
    };

    public static Refusal NoSuchGroup(GroupShard shard, string groupId) =>
        new(ErrorCode.GroupIdNotFound, shard.Find(groupId) is null ? $"Share group {groupId} not found." : $"Group {groupId} is not a share group.");

    private static ShareGroupHeartbeatResponse.MemberAssignment Assignment(PartitionSet assigned)
    {
        var assignment = new ShareGroupHeartbeatResponse.MemberAssignment();
        foreach (var (topic, partitions) in assigned.ToPairs())
        {
            assignment.TopicPartitions.Add(new ShareGroupHeartbeatResponse.TopicPartitions { TopicId = topic, Partitions = [.. partitions] });
        }

        return assignment;
    }
}
