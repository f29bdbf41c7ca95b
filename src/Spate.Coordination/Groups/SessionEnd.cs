using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Share;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups;

/// <summary>Ends sessions before their time, by the road that they take when it is up. Only those who run the broker can ask for it.</summary>
internal sealed class SessionEnd(GroupShard shard, ClassicRebalance rebalance, Departures departures, ShareSide shares, StreamsGroups streams)
{
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">Whose session ends; null for everybody's.</param>
    /// <param name="reply">Told when they are gone, or why nobody is.</param>
    public CommandOutcome End(string groupId, string? memberId, Reply<ErrorCode> reply)
    {
        if (shard.Find(groupId) is not { } group)
        {
            return Refuse(reply, ErrorCode.GroupIdNotFound);
        }

        if (group.Consumer is { } consumer)
        {
            var going = consumer.Members.Where(member => memberId is null || member.Id == memberId).ToList();
            return going.Count == 0 ? Refuse(reply, ErrorCode.UnknownMemberId) : departures.Remove(consumer, going, () => reply.Complete(ErrorCode.None));
        }

        if (group.Share is { } share)
        {
            return shares.EndSessions(share, memberId, reply);
        }

        if (group.Streams is { } streamsGroup)
        {
            return streams.EndSessions(streamsGroup, memberId, reply);
        }

        var ending = group.Classic.Members.Where(member => memberId is null || member.Id == memberId).ToList();
        return ending.Count == 0
            ? Refuse(reply, ErrorCode.UnknownMemberId)
            : rebalance.Remove(group.Classic, ending, "its session was ended", () => reply.Complete(ErrorCode.None));
    }

    private static CommandOutcome Refuse(Reply<ErrorCode> reply, ErrorCode error)
    {
        reply.Complete(error);
        return CommandOutcome.Done;
    }
}
