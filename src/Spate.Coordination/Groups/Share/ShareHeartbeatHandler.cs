using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// ShareGroupHeartbeat, versions 0 and 1: the whole of membership in a share group (KIP-932). A member joins with epoch 0 and an id of its own making, leaves with -1, and
/// otherwise says that it is there and what it reads; it hears what it may fetch from, which others may fetch from too.
/// </summary>
internal sealed class ShareHeartbeatHandler(
    GroupShard shard, ShareStep step, ShareDepartures departures, ShareSessions sessions, ShareStateWork work, ShareGroupOptions options, IGroupSettings settings, ILogger logger)
{
    public CommandOutcome Handle(ShareGroupHeartbeatRequest request, GroupClient client, Reply<ShareGroupHeartbeatResponse> reply) =>
        ShareHeartbeatRules.Check(request) is { } refusal ? Refuse(reply, refusal)
        : request.MemberEpoch == MemberEpochs.Leaving ? departures.Leave(request, reply)
        : Beat(request, client, reply);

    private static CommandOutcome Refuse(Reply<ShareGroupHeartbeatResponse> reply, Refusal refusal)
    {
        reply.Complete(ShareHeartbeatReplies.Refused(refusal));
        return CommandOutcome.Done;
    }

    private CommandOutcome Beat(ShareGroupHeartbeatRequest request, GroupClient client, Reply<ShareGroupHeartbeatResponse> reply)
    {
        var isJoining = request.MemberEpoch == MemberEpochs.Joining;
        var group = shard.Find(request.GroupId) is { } found ? found.Share : isJoining ? new ShareGroup(request.GroupId, new GroupCounts()) : null;
        if (group is null)
        {
            return Refuse(reply, ShareHeartbeatReplies.NoSuchGroup(shard, request.GroupId));
        }

        if (!group.TryGetMember(request.MemberId, out var member))
        {
            if (!isJoining)
            {
                return Refuse(reply, new Refusal(ErrorCode.UnknownMemberId, $"Member {request.MemberId} is not a member of group {group.Id}."));
            }

            if (group.Members.Count >= options.MaxSize)
            {
                return Refuse(reply, new Refusal(ErrorCode.GroupMaxSizeReached, $"The share group has reached its maximum capacity of {options.MaxSize} members."));
            }

            member = ShareMember.New(request.MemberId);
        }

        if (ShareHeartbeatRules.CheckEpoch(member, request.MemberEpoch) is { } refusal)
        {
            return Refuse(reply, refusal);
        }

        var records = new List<CoordinatorRecord>();
        var result = step.Take(group, member, Updated(member.Metadata, request, client), records);
        return CommandOutcome.Append(records, () => Committed(request, member, result, reply));
    }

    private void Committed(ShareGroupHeartbeatRequest request, ShareMember before, ShareStepResult result, Reply<ShareGroupHeartbeatResponse> reply)
    {
        var group = shard.Find(request.GroupId)?.Share ?? throw new InvalidOperationException($"Group {request.GroupId} is gone in the middle of a heartbeat.");
        group.CheckedTopics = result.Topics;
        group.CheckedLedger = group.Ledger;
        sessions.Start(group.Id, result.Member.Id);
        if (result.HasRaisedEpoch)
        {
            GroupLog.EpochRaised(logger, group.Id, group.Epoch, group.Members.Count, result.Member.Id);
        }

        if (result.HasLooked)
        {
            work.Look(group);
        }

        var tellsAssignment = request.SubscribedTopicNames is not null
            || request.MemberEpoch != before.Current.Epoch
            || !result.Member.Current.Assigned.Equals(before.Current.Assigned);
        reply.Complete(ShareHeartbeatReplies.Of(result.Member, settings.ForShareGroup(group.Id).HeartbeatIntervalMs, tellsAssignment));
    }

    /// <summary>What is left out of a heartbeat is as it was.</summary>
    private static ShareMemberMetadata Updated(ShareMemberMetadata before, ShareGroupHeartbeatRequest request, GroupClient client)
    {
        var names = request.SubscribedTopicNames is { } given ? TopicNames.Of(given) : before.Topics;
        return before with
        {
            RackId = request.RackId ?? before.RackId,
            ClientId = client.ClientId,
            ClientHost = client.Host,
            Topics = names.Equals(before.Topics) ? before.Topics : names,
        };
    }
}
