using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// SyncGroup, versions 0 to 5: the leader hands out the assignments, and every member collects its own. The generation is in the log
/// before anybody is answered. Version 3 brings static members, 5 checks that both sides mean the same protocol (KIP-559).
/// </summary>
internal sealed class SyncHandler(GroupShard shard, ClassicRebalance rebalance, IShardContext context)
{
    public CommandOutcome Handle(SyncGroupRequest request, Reply<SyncGroupResponse> reply)
    {
        if (shard.Find(request.GroupId)?.Consumer is { } consumer)
        {
            return shard.ClassicMembers.Sync(consumer, request, reply);
        }

        var group = shard.Find(request.GroupId)?.Classic;
        var error = Check(request, group);
        if (error != ErrorCode.None || group is null || !group.TryGetMember(request.MemberId, out var member))
        {
            return Refuse(reply, error == ErrorCode.None ? ErrorCode.UnknownMemberId : error);
        }

        switch (group.State)
        {
            case ClassicGroupState.PreparingRebalance:
                return Refuse(reply, ErrorCode.RebalanceInProgress);
            case ClassicGroupState.CompletingRebalance when group.LeaderId == member.Id:
                return Assign(group, member, request, reply);
            case ClassicGroupState.CompletingRebalance:
                rebalance.SyncSeen(group, member);
                rebalance.AwaitSync(group, member, reply);
                return CommandOutcome.Done;
            case ClassicGroupState.Stable:
                rebalance.SyncSeen(group, member);
                rebalance.ProlongSession(group, member);
                reply.Complete(Assigned(group, member));
                return CommandOutcome.Done;
            default:
                return Refuse(reply, ErrorCode.UnknownMemberId);
        }
    }

    private static ErrorCode Check(SyncGroupRequest request, ClassicGroup? group)
    {
        if (request.GroupId.Length == 0)
        {
            return ErrorCode.InvalidGroupId;
        }

        if (group is null)
        {
            return ErrorCode.UnknownMemberId;
        }

        var error = group.Identify(request.MemberId, request.GroupInstanceId);
        return error != ErrorCode.None ? error
            : group.CheckGeneration(request.MemberId, request.GenerationId) is var stale && stale != ErrorCode.None ? stale
            : IsAnother(request.ProtocolType, group.ProtocolType) ? ErrorCode.InconsistentGroupProtocol
            : IsAnother(request.ProtocolName, group.Protocol) ? ErrorCode.InconsistentGroupProtocol
            : ErrorCode.None;
    }

    private static bool IsAnother(string? asked, string? actual) => asked is not null && actual is not null && asked != actual;

    private CommandOutcome Assign(ClassicGroup group, ClassicMember leader, SyncGroupRequest request, Reply<SyncGroupResponse> reply)
    {
        var assignments = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var assignment in request.Assignments)
        {
            assignments[assignment.MemberId] = assignment.Assignment;
        }

        // Members that the leader left out get nothing; those that it made up are nobody's.
        var value = LoggedGroups.Generation(
            group, group.LeaderId, group.Members, member => assignments.GetValueOrDefault(member.Id), context.UtcNowMs);
        return CommandOutcome.Append([GroupRecords.Group(group.Id, value)], () =>
        {
            leader.AwaitSync(reply);
            rebalance.SyncSeen(group, leader);
            Distribute(group);
        });
    }

    private void Distribute(ClassicGroup group)
    {
        group.MoveTo(ClassicGroupState.Stable);
        foreach (var logged in group.Logged!.Members)
        {
            if (!group.TryGetMember(logged.MemberId, out var member))
            {
                throw new InvalidOperationException($"The log has member {logged.MemberId} in group {group.Id}, which the group does not.");
            }

            member.Assignment = logged.Assignment;
            if (member.TakeSyncReply() is { } reply)
            {
                reply.Complete(Assigned(group, member));
                rebalance.StartSession(group, member);
            }
        }
    }

    private static SyncGroupResponse Assigned(ClassicGroup group, ClassicMember member) => new()
    {
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Assignment = member.Assignment,
    };

    private static CommandOutcome Refuse(Reply<SyncGroupResponse> reply, ErrorCode error)
    {
        reply.Refuse(error);
        return CommandOutcome.Done;
    }
}
