using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// Heartbeat, versions 0 to 4: a member is there, and learns that a round has begun. Version 3 brings static members. A member that has
/// its generation but no assignment yet is fine: it has nothing to join.
/// </summary>
internal sealed class HeartbeatHandler(GroupShard shard, ClassicRebalance rebalance)
{
    public ErrorCode Handle(HeartbeatRequest request)
    {
        if (request.GroupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        if (shard.Find(request.GroupId)?.Consumer is { } consumer)
        {
            return shard.ClassicMembers.Heartbeat(consumer, request);
        }

        if (shard.Find(request.GroupId)?.Classic is not { } group)
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = group.Identify(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(request.MemberId, out var member))
        {
            return error == ErrorCode.None ? ErrorCode.UnknownMemberId : error;
        }

        if (group.CheckGeneration(member.Id, request.GenerationId) is var stale && stale != ErrorCode.None)
        {
            return stale;
        }

        rebalance.ProlongSession(group, member);
        return group.State == ClassicGroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }
}
