using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Share;

/// <summary>How long members of share groups may be silent.</summary>
internal sealed class ShareSessions(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
{
    private const string Purpose = "share-session";

    /// <summary>What is done about a member whose time is over.</summary>
    public Func<ShareGroup, ShareMember, CommandOutcome> Remove { get; set; } = (_, _) => CommandOutcome.Done;

    /// <summary>Gives everybody a new session in a group that came from the log.</summary>
    public void Resume(ShareGroup group)
    {
        foreach (var member in group.Members)
        {
            Start(group.Id, member.Id);
        }
    }

    /// <summary>The member has been heard of: its session begins anew, as long as is set now.</summary>
    public void Start(string groupId, string memberId)
    {
        var timeout = TimeSpan.FromMilliseconds(settings.ForShareGroup(groupId).SessionTimeoutMs);
        var key = new TimerKey(Purpose, groupId, memberId);
        if (!context.Restart(key, timeout))
        {
            context.Schedule(key, timeout, () => Over(groupId, memberId));
        }
    }

    public void Cancel(string groupId, string memberId) => context.Cancel(new TimerKey(Purpose, groupId, memberId));

    public void TellOfEpoch(ShareGroup group, ShareMember member) => GroupLog.EpochRaised(logger, group.Id, group.Epoch, group.Members.Count, member.Id);

    private CommandOutcome Over(string groupId, string memberId)
    {
        if (shard.Find(groupId)?.Share is not { } group || !group.TryGetMember(memberId, out var member))
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(logger, memberId, groupId, "its session is over");
        return Remove(group, member);
    }
}
