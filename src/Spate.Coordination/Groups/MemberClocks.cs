using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups;

/// <summary>
/// The two clocks of a member whose work the broker assigns: how long it may be silent, and how long it may take to give up what it was told
/// to. A group is of one kind at a time, so that members of all kinds have the same clocks.
/// </summary>
/// <param name="context">Where timers are.</param>
/// <param name="over">What is done about a member whose time is over: the group, the member, and why.</param>
internal sealed class MemberClocks(IShardContext context, Func<string, string, string, CommandOutcome> over)
{
    private const string SessionPurpose = "session";
    private const string RebalancePurpose = "rebalance";

    /// <summary>The member has been heard of: its session begins anew.</summary>
    public void StartSession(string groupId, string memberId, int timeoutMs)
    {
        var timeout = TimeSpan.FromMilliseconds(timeoutMs);
        var key = Session(groupId, memberId);
        if (!context.Restart(key, timeout))
        {
            context.Schedule(key, timeout, () => over(groupId, memberId, "its session is over"));
        }
    }

    /// <summary>The member has something to give up, for which it has as long as it asked for.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">The member.</param>
    /// <param name="timeoutMs">How long it has.</param>
    /// <param name="stillWaits">Whether that is still what is waited for when the time is over.</param>
    public void WatchRevocation(string groupId, string memberId, int timeoutMs, Func<bool> stillWaits) => context.Schedule(
        Rebalance(groupId, memberId),
        TimeSpan.FromMilliseconds(Math.Max(0, timeoutMs)),
        () => stillWaits() ? over(groupId, memberId, "it did not give up in time what it was told to") : CommandOutcome.Done);

    /// <summary>The member has nothing to give up.</summary>
    public void CeaseRevocation(string groupId, string memberId) => context.Cancel(Rebalance(groupId, memberId));

    public void Cancel(string groupId, string memberId)
    {
        context.Cancel(Session(groupId, memberId));
        context.Cancel(Rebalance(groupId, memberId));
    }

    private static TimerKey Session(string groupId, string memberId) => new(SessionPurpose, groupId, memberId);

    private static TimerKey Rebalance(string groupId, string memberId) => new(RebalancePurpose, groupId, memberId);
}
