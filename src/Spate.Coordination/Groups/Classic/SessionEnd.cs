using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Classic;

/// <summary>Ends sessions before their time, by the road that they take when it is up. Only those who run the broker can ask for it.</summary>
internal sealed class SessionEnd(GroupShard shard, ClassicRebalance rebalance)
{
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">Whose session ends; null for everybody's.</param>
    /// <param name="reply">Told when they are gone, or why nobody is.</param>
    public CommandOutcome End(string groupId, string? memberId, Reply<ErrorCode> reply)
    {
        if (shard.Find(groupId)?.Classic is not { } group)
        {
            reply.Complete(ErrorCode.GroupIdNotFound);
            return CommandOutcome.Done;
        }

        var ending = group.Members.Where(member => memberId is null || member.Id == memberId).ToList();
        if (ending.Count == 0)
        {
            reply.Complete(ErrorCode.UnknownMemberId);
            return CommandOutcome.Done;
        }

        return rebalance.Remove(group, ending, "its session was ended", () => reply.Complete(ErrorCode.None));
    }
}
