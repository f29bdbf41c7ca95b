using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// LeaveGroup, versions 0 to 5: members go, one up to version 2, many from 3 on (static members by the name of their instance too, KIP-345),
/// each answered for itself.
/// </summary>
internal sealed class LeaveHandler(GroupShard shard, ClassicRebalance rebalance, Departures departures)
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
        if (shard.Find(request.GroupId)?.Consumer is { } consumer)
        {
            return Leave(consumer, asked, client, reply);
        }

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

        Shorten(response, client);
        return Leave(group, leaving, pending, Reason(asked), () => reply.Complete(response));
    }

    private static void Shorten(LeaveGroupResponse response, GroupClient client)
    {
        if (client.ApiVersion < ManyMembersVersion)
        {
            response.ErrorCode = response.Members[0].ErrorCode;
            response.Members.Clear();
        }
    }

    private static ErrorCode Find(ConsumerGroup group, LeaveGroupRequest.MemberIdentity identity, List<ConsumerMember> leaving)
    {
        var isByInstance = identity is { MemberId.Length: 0, GroupInstanceId: not null };
        var member = isByInstance ? group.FindInstance(identity.GroupInstanceId!) : group.TryGetMember(identity.MemberId, out var known) ? known : null;
        var current = identity.GroupInstanceId is null ? member : group.FindInstance(identity.GroupInstanceId);
        if (current is not null && !isByInstance && current.Id != identity.MemberId)
        {
            return ErrorCode.FencedInstanceId;
        }

        // Members of the consumer protocol leave by heartbeats; only operators remove them so, by their instance.
        if (member is null || current is null || leaving.Contains(member) || !(member.SpeaksClassic || identity.GroupInstanceId is not null))
        {
            return ErrorCode.UnknownMemberId;
        }

        leaving.Add(member);
        return ErrorCode.None;
    }

    private CommandOutcome Leave(ConsumerGroup group, List<LeaveGroupRequest.MemberIdentity> asked, GroupClient client, Reply<LeaveGroupResponse> reply)
    {
        var response = new LeaveGroupResponse();
        var leaving = new List<ConsumerMember>();
        foreach (var identity in asked)
        {
            response.Members.Add(new LeaveGroupResponse.MemberResponse
            {
                MemberId = identity.MemberId,
                GroupInstanceId = identity.GroupInstanceId,
                ErrorCode = Find(group, identity, leaving),
            });
        }

        Shorten(response, client);
        if (leaving.Count > 0)
        {
            return departures.Remove(group, leaving, () => reply.Complete(response));
        }

        reply.Complete(response);
        return CommandOutcome.Done;
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
