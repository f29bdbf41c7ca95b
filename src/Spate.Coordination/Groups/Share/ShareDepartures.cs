using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>Members of a share group go, or are made to. What they were assigned is assigned anew by the next heartbeat of any other.</summary>
internal sealed class ShareDepartures(GroupShard shard, ITopicCatalog catalog, ShareSessions sessions)
{
    /// <summary>A heartbeat by which a member says that it leaves.</summary>
    public CommandOutcome Leave(ShareGroupHeartbeatRequest request, Reply<ShareGroupHeartbeatResponse> reply)
    {
        var group = shard.Find(request.GroupId)?.Share;
        ShareMember? member = null;
        var refusal = group is null ? ShareHeartbeatReplies.NoSuchGroup(shard, request.GroupId)
            : group.TryGetMember(request.MemberId, out member) ? null
            : new Refusal(ErrorCode.UnknownMemberId, $"Member {request.MemberId} is not a member of group {group.Id}.");
        if (refusal is not null)
        {
            reply.Complete(ShareHeartbeatReplies.Refused(refusal));
            return CommandOutcome.Done;
        }

        return Remove(group!, [member!], () => reply.Complete(ShareHeartbeatReplies.Left(request.MemberId)));
    }

    /// <summary>Removes members, with all that the log has of them.</summary>
    /// <param name="group">The group.</param>
    /// <param name="leaving">At least one of its members.</param>
    /// <param name="removed">Runs when the log says so.</param>
    public CommandOutcome Remove(ShareGroup group, IReadOnlyCollection<ShareMember> leaving, Action removed)
    {
        var records = new List<CoordinatorRecord>();
        ShareGroupRecords.AddTombstones(group.Id, leaving, records);
        var remaining = group.Members.Where(member => !leaving.Contains(member));
        records.Add(ShareGroupRecords.Group(group.Id, group.Epoch + 1, TopicHash.Of(ShareStep.Subscribed(remaining, catalog.Current))));
        return CommandOutcome.Append(records, () =>
        {
            foreach (var member in leaving)
            {
                sessions.Cancel(group.Id, member.Id);
            }

            removed();
        });
    }
}
