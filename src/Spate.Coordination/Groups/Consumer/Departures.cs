using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Members of a group of the consumer protocol go: for good, for a while, or because they are made to.</summary>
internal sealed class Departures(GroupShard shard, ITopicCatalog catalog, ConsumerTimers timers)
{
    /// <summary>A heartbeat by which a member says that it leaves.</summary>
    public CommandOutcome Leave(ConsumerGroupHeartbeatRequest request, Reply<ConsumerGroupHeartbeatResponse> reply)
    {
        var refusal = Find(request, out var group, out var member);
        if (refusal is not null || group is null || member is null)
        {
            reply.Complete(HeartbeatReplies.Refused(refusal!));
            return CommandOutcome.Done;
        }

        var answer = HeartbeatReplies.Left(member.Id, request.MemberEpoch);
        return request.InstanceId is not null && request.MemberEpoch == MemberEpochs.LeavingForAWhile
            ? GoForAWhile(group, member, () => reply.Complete(answer))
            : Remove(group, [member], () => reply.Complete(answer));
    }

    /// <summary>Removes members, with all that the log has of them.</summary>
    /// <param name="group">The group.</param>
    /// <param name="leaving">At least one of its members.</param>
    /// <param name="removed">Runs when the log says so.</param>
    public CommandOutcome Remove(ConsumerGroup group, IReadOnlyCollection<ConsumerMember> leaving, Action removed)
    {
        var records = new List<CoordinatorRecord>();
        foreach (var member in leaving)
        {
            records.Add(ConsumerGroupRecords.CurrentTombstone(group.Id, member.Id));
            records.Add(ConsumerGroupRecords.TargetTombstone(group.Id, member.Id));
            records.Add(ConsumerGroupRecords.MemberTombstone(group.Id, member.Id));
        }

        var remaining = group.Members.Where(member => !leaving.Contains(member)).ToList();
        var view = new SubscriptionView(catalog.Current, RegexResolution.Without(group, remaining, records));
        records.Add(ConsumerGroupRecords.Group(group.Id, group.Epoch + 1, TopicHash.Of(view.Subscribed(remaining))));
        return CommandOutcome.Append(records, () =>
        {
            foreach (var member in leaving)
            {
                timers.Cancel(group.Id, member.Id);
            }

            removed();
        });
    }

    /// <summary>A static member that will be back keeps what it has for as long as its session lasts; what it was to give up is given up.</summary>
    private static CommandOutcome GoForAWhile(ConsumerGroup group, ConsumerMember member, Action gone)
    {
        var away = member.Current with { Epoch = MemberEpochs.LeavingForAWhile, PendingRevocation = PartitionSet.Empty };
        return CommandOutcome.Append([ConsumerGroupRecords.Current(group.Id, member.Id, away)], gone);
    }

    private Refusal? Find(ConsumerGroupHeartbeatRequest request, out ConsumerGroup? group, out ConsumerMember? member)
    {
        member = null;
        group = shard.Find(request.GroupId)?.Consumer;
        if (group is null)
        {
            return HeartbeatReplies.NoSuchGroup(shard, request.GroupId);
        }

        if (request.InstanceId is null)
        {
            return group.TryGetMember(request.MemberId, out member)
                ? null
                : new Refusal(ErrorCode.UnknownMemberId, $"Member {request.MemberId} is not a member of group {group.Id}.");
        }

        member = group.FindInstance(request.InstanceId);
        return member is null ? new Refusal(ErrorCode.UnknownMemberId, $"Instance id {request.InstanceId} is unknown.")
            : member.Id != request.MemberId
                ? new Refusal(ErrorCode.FencedInstanceId, $"Static member {request.MemberId} with instance id {request.InstanceId} was fenced by member {member.Id}.")
                : null;
    }
}
