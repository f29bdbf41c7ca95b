using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// LeaveGroup, versions 0 to 5: members go, one up to version 2, many from 3 on (static members by the name of their instance too, KIP-345),
/// each answered for itself.
/// </summary>
internal sealed class LeaveHandler(GroupShard shard, ClassicRebalance rebalance)
{
    private const short ManyMembersVersion = 3;

    public CommandOutcome Handle(LeaveGroupRequest request, GroupClient client, Reply<LeaveGroupResponse> reply)
    {
        if (request.GroupId.Length == 0)
        {
            reply.Refuse(ErrorCode.InvalidGroupId);
            return CommandOutcome.Done;
        }

        var asked = client.ApiVersion >= ManyMembersVersion
            ? request.Members
            : [new LeaveGroupRequest.MemberIdentity { MemberId = request.MemberId }];
        var group = shard.Find(request.GroupId)?.Classic;
        var response = new LeaveGroupResponse();
        var leaving = new List<ClassicMember>();
        var pending = new List<string>();
        foreach (var identity in asked)
        {
            response.Members.Add(new LeaveGroupResponse.MemberResponse
            {
                MemberId = identity.MemberId,
                GroupInstanceId = identity.GroupInstanceId,
                ErrorCode = Find(group, identity, leaving, pending),
            });
        }

        if (client.ApiVersion < ManyMembersVersion)
        {
            response.ErrorCode = response.Members[0].ErrorCode;
            response.Members.Clear();
        }

        return Leave(group, leaving, pending, Reason(asked), () => reply.Complete(response));
    }

    private CommandOutcome Leave(ClassicGroup? group, List<ClassicMember> leaving, List<string> pending, string reason, Action left)
    {
        if (group is null)
        {
            left();
            return CommandOutcome.Done;
        }

        foreach (var memberId in pending)
        {
            rebalance.RemovePending(group, memberId);
        }

        if (leaving.Count > 0)
        {
            return rebalance.Remove(group, leaving, reason, left);
        }

        left();
        shard.DropIfGone(group.Id);
        return rebalance.CompleteIfReady(group);
    }

    private static ErrorCode Find(
        ClassicGroup? group, LeaveGroupRequest.MemberIdentity identity, List<ClassicMember> leaving, List<string> pending)
    {
        if (group is null)
        {
            return ErrorCode.UnknownMemberId;
        }

        if (identity.GroupInstanceId is null && group.Pending.Contains(identity.MemberId))
        {
            pending.Add(identity.MemberId);
            return ErrorCode.None;
        }

        ClassicMember? member;
        if (identity is { MemberId.Length: 0, GroupInstanceId: { } instanceId })
        {
            group.TryGetInstance(instanceId, out member);
        }
        else
        {
            var error = group.Identify(identity.MemberId, identity.GroupInstanceId);
            if (error != ErrorCode.None)
            {
                return error;
            }

            group.TryGetMember(identity.MemberId, out member);
        }

        if (member is null || leaving.Contains(member))
        {
            return ErrorCode.UnknownMemberId;
        }

        leaving.Add(member);
        return ErrorCode.None;
    }

    private static string Reason(List<LeaveGroupRequest.MemberIdentity> asked) =>
        asked.Find(identity => !string.IsNullOrEmpty(identity.Reason))?.Reason is { } reason ? $"it left ({reason})" : "it left";
}
