using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>The clocks of members: how long one may be silent, and how long it may take to give partitions up.</summary>
internal sealed class ConsumerTimers(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
{
    private const string SessionPurpose = "session";
    private const string RebalancePurpose = "rebalance";

    /// <summary>What is done about a member whose time is over.</summary>
    public Func<ConsumerGroup, ConsumerMember, CommandOutcome> Remove { get; set; } = (_, _) => CommandOutcome.Done;

    /// <summary>Starts the clocks of a group that came from the log.</summary>
    public void Resume(ConsumerGroup group)
    {
        foreach (var member in group.Members)
        {
            StartSession(group.Id, member);
            WatchRevocation(group.Id, member);
        }
    }

    /// <summary>The member has been heard of: its session begins anew, as long as is set now.</summary>
    public void StartSession(string groupId, ConsumerMember member)
    {
        var timeout = TimeSpan.FromMilliseconds(member.Metadata.Classic?.SessionTimeoutMs ?? settings.ForConsumerGroup(groupId).SessionTimeoutMs);
        var key = Session(groupId, member.Id);
        if (!context.Restart(key, timeout))
        {
            context.Schedule(key, timeout, () => SessionOver(groupId, member.Id));
        }
    }

    /// <summary>A member that has partitions to give up has as long for it as it asked for; one that has none is not watched.</summary>
    public void WatchRevocation(string groupId, ConsumerMember member)
    {
        var key = Rebalance(groupId, member.Id);
        if (member.Current.State != MemberState.UnrevokedPartitions || member.SpeaksClassic)
        {
            context.Cancel(key);
            return;
        }

        var epoch = member.Current.Epoch;
        context.Schedule(key, TimeSpan.FromMilliseconds(Math.Max(0, member.Metadata.RebalanceTimeoutMs)), () => RevocationOver(groupId, member.Id, epoch));
    }

    public void Cancel(string groupId, string memberId)
    {
        context.Cancel(Session(groupId, memberId));
        context.Cancel(Rebalance(groupId, memberId));
    }

    private CommandOutcome SessionOver(string groupId, string memberId)
    {
        if (shard.Find(groupId)?.Consumer is not { } group || !group.TryGetMember(memberId, out var member))
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(logger, memberId, groupId, "its session is over");
        return Remove(group, member);
    }

    private CommandOutcome RevocationOver(string groupId, string memberId, int epoch)
    {
        if (shard.Find(groupId)?.Consumer is not { } group || !group.TryGetMember(memberId, out var member) || member.Current.Epoch != epoch)
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(logger, memberId, groupId, "it did not give its partitions up in time");
        return Remove(group, member);
    }

    private static TimerKey Session(string groupId, string memberId) => new(SessionPurpose, groupId, memberId);

    private static TimerKey Rebalance(string groupId, string memberId) => new(RebalancePurpose, groupId, memberId);
}
