using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>Members of a streams group go, because they say so or because they are made to.</summary>
internal sealed class StreamsDepartures(GroupShard shard, StreamsTimers timers)
{
    /// <summary>A heartbeat by which a member says that it leaves.</summary>
    public CommandOutcome Leave(StreamsGroupHeartbeatRequest request, Reply<StreamsHeartbeatResult> reply)
    {
        if (shard.Find(request.GroupId)?.Streams is not { } group)
        {
            reply.Complete(StreamsReplies.Refused(StreamsMembership.NoSuchGroup(shard, request.GroupId)));
            return CommandOutcome.Done;
        }

        if (!group.TryGetMember(request.MemberId, out var member))
        {
            reply.Complete(StreamsReplies.Refused(StreamsMembership.NoSuchMember(request.MemberId, group.Id)));
            return CommandOutcome.Done;
        }

        return Remove(group, [member], () =>
        {
            if (request.ShutdownApplication && group.HasMembers)
            {
                group.Soft.ShutdownAskedBy ??= member.Id;
            }

            reply.Complete(StreamsReplies.Left(member.Id, MemberEpochs.Leaving));
        });
    }

    /// <summary>Removes members, with all that the log has of them.</summary>
    /// <param name="group">The group.</param>
    /// <param name="leaving">At least one of its members.</param>
    /// <param name="removed">Runs when the log says so.</param>
    public CommandOutcome Remove(StreamsGroup group, IReadOnlyCollection<StreamsMember> leaving, Action removed)
    {
        var records = new List<CoordinatorRecord>();
        foreach (var member in leaving)
        {
            StreamsGroupRecords.AddTombstones(group.Id, member.Id, records);
        }

        var decided = group.Decided ?? new GroupEpoch(0, 0, StreamsGroup.NotValidated, null);
        records.Add(StreamsGroupRecords.Group(group.Id, decided with { Epoch = decided.Epoch + 1 }));
        return CommandOutcome.Append(records, () =>
        {
            foreach (var member in leaving)
            {
                timers.Cancel(group.Id, member.Id);
                group.Soft.EndpointEpoch += member.Metadata.Endpoint is null ? 0 : 1;
            }

            removed();
        });
    }
}
