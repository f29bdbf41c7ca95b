using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// JoinGroup, versions 0 to 9: a client becomes a member, or a member joins the next round. Answered when the round is complete.
/// Version 0 has no rebalance timeout; from 4 on ids are given out first (KIP-394); 5 brings static members (KIP-345); 9 lets a static
/// leader come back without assigning again (KIP-814).
/// </summary>
internal sealed class JoinHandler(
    GroupShard shard, ClassicRebalance rebalance, StaticReturn staticReturn, GroupCoordinatorOptions options, Random random)
{
    public CommandOutcome Handle(JoinGroupRequest request, GroupClient client, Reply<JoinGroupResponse> reply)
    {
        var attempt = new JoinAttempt(request, client, reply);
        if (request.GroupId.Length == 0)
        {
            return attempt.Refuse(ErrorCode.InvalidGroupId);
        }

        if (request.SessionTimeoutMs < options.MinSessionTimeoutMs || request.SessionTimeoutMs > options.MaxSessionTimeoutMs)
        {
            return attempt.Refuse(ErrorCode.InvalidSessionTimeout);
        }

        if (shard.Find(request.GroupId)?.Assigned is { } assigned)
        {
            return !assigned.HasMembers ? Supersede(assigned, request, client, reply)
                : assigned is ConsumerGroup consumer ? shard.ClassicMembers.Join(consumer, attempt)
                : attempt.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        var group = shard.Find(request.GroupId)?.Classic;
        if (group is null && request.MemberId.Length > 0)
        {
            return attempt.Refuse(ErrorCode.UnknownMemberId);
        }

        if (group is not null && !HasRoom(group, request.MemberId))
        {
            rebalance.RemovePending(group, request.MemberId);
            attempt.Refuse(ErrorCode.GroupMaxSizeReached, "");
            return rebalance.CompleteIfReady(group);
        }

        if (!ProtocolSelection.Admits(group, request.ProtocolType, attempt.Protocols))
        {
            return attempt.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        group ??= shard.GetOrAdd(request.GroupId).Classic;
        return request.MemberId.Length == 0 ? Enter(group, attempt) : Return(group, attempt);
    }

    /// <summary>A group of another protocol that has no members makes way for a classic one; its offsets stay.</summary>
    private CommandOutcome Supersede(IAssignedGroup former, JoinGroupRequest request, GroupClient client, Reply<JoinGroupResponse> reply)
    {
        var records = new List<CoordinatorRecord>();
        former.AddTombstones(records);
        return CommandOutcome.Append(records, () =>
        {
            if (Handle(request, client, reply).Records.Count > 0)
            {
                throw new InvalidOperationException($"The first member of group {request.GroupId} is to be written to the log before it has joined.");
            }
        });
    }

    /// <summary>A client without an id.</summary>
    private CommandOutcome Enter(ClassicGroup group, JoinAttempt attempt)
    {
        if (attempt.Request.GroupInstanceId is { } instanceId)
        {
            var staticId = MemberIds.New(instanceId, random);
            return group.TryGetInstance(instanceId, out var former)
                ? staticReturn.Replace(group, former, attempt.NewMember(staticId), attempt)
                : Add(group, staticId, attempt);
        }

        var memberId = MemberIds.New(attempt.ClientId, random);
        if (!attempt.NeedsIdFirst)
        {
            return Add(group, memberId, attempt);
        }

        rebalance.AddPending(group, memberId, attempt.Request.SessionTimeoutMs);
        return attempt.Refuse(ErrorCode.MemberIdRequired, memberId);
    }

    /// <summary>A client that was given its id before.</summary>
    private CommandOutcome Return(ClassicGroup group, JoinAttempt attempt)
    {
        var request = attempt.Request;
        if (request.GroupInstanceId is null && group.Pending.Contains(request.MemberId))
        {
            return Add(group, request.MemberId, attempt);
        }

        var error = group.Identify(request.MemberId, request.GroupInstanceId);
        if (error != ErrorCode.None || !group.TryGetMember(request.MemberId, out var member))
        {
            return attempt.Refuse(error == ErrorCode.None ? ErrorCode.UnknownMemberId : error);
        }

        var changesNothing = member.Says(attempt.Protocols)
            && (group.State == ClassicGroupState.CompletingRebalance || (group.State == ClassicGroupState.Stable && group.LeaderId != member.Id));
        if (changesNothing)
        {
            // The answer to an earlier join got lost on the way: the generation that it told of goes on.
            rebalance.ProlongSession(group, member);
            attempt.Reply.Complete(JoinReplies.Joined(group, member));
            return CommandOutcome.Done;
        }

        // What a leader wants changed only it can know, so a leader that joins again always begins a round.
        attempt.Update(member);
        return Gather(group, member, attempt, $"member {member.Id} joined again ({attempt.Reason})");
    }

    private CommandOutcome Add(ClassicGroup group, string memberId, JoinAttempt attempt)
    {
        var member = attempt.NewMember(memberId);
        group.Add(member, attempt.Request.ProtocolType);
        if (group.InitialRound is { } round)
        {
            round.HasGrown = true;
        }

        return Gather(group, member, attempt, $"member {memberId} came ({attempt.Reason})");
    }

    private CommandOutcome Gather(ClassicGroup group, ClassicMember member, JoinAttempt attempt, string reason)
    {
        if (group.State != ClassicGroupState.PreparingRebalance)
        {
            rebalance.Begin(group, reason);
        }

        rebalance.AwaitJoin(group, member, attempt.Reply);
        return rebalance.CompleteIfReady(group);
    }

    /// <summary>Members that are there stay in; while a round is being gathered, first come, first served.</summary>
    private bool HasRoom(ClassicGroup group, string memberId) => group.State switch
    {
        ClassicGroupState.PreparingRebalance =>
            (group.TryGetMember(memberId, out var member) && member.JoinReply is not null)
            || group.Members.Count(joined => joined.JoinReply is not null) < options.MaxSize,
        ClassicGroupState.CompletingRebalance or ClassicGroupState.Stable =>
            group.TryGetMember(memberId, out _) || group.MemberCount < options.MaxSize,
        _ => true,
    };
}
