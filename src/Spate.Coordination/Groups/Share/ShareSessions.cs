using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Share;

/// <summary>How long members of share groups may be silent.</summary>
internal sealed class ShareSessions
{
    private readonly GroupShard _shard;
    private readonly IGroupSettings _settings;
    private readonly ILogger _logger;
    private readonly MemberClocks _clocks;

    public ShareSessions(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
    {
        _shard = shard;
        _settings = settings;
        _logger = logger;
        _clocks = new MemberClocks(context, Over);
    }

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
    public void Start(string groupId, string memberId) => _clocks.StartSession(groupId, memberId, _settings.ForShareGroup(groupId).SessionTimeoutMs);

    public void Cancel(string groupId, string memberId) => _clocks.Cancel(groupId, memberId);

    private CommandOutcome Over(string groupId, string memberId, string reason)
    {
        if (_shard.Find(groupId)?.Share is not { } group || !group.TryGetMember(memberId, out var member))
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(_logger, memberId, groupId, reason);
        return Remove(group, member);
    }
}
