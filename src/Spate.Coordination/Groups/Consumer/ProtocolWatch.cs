using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Sees to it that a group which no member of the consumer protocol is in any more becomes a classic one, if it may.</summary>
internal sealed class ProtocolWatch(
    GroupShard shard, IShardContext context, ClassicConversion conversion, ClassicRebalance rebalance, ConsumerTimers timers, ILogger logger)
{
    private const string DowngradePurpose = "downgrade";

    /// <summary>Looks at a group from which somebody has gone, or that comes from the log.</summary>
    public void Look(ConsumerGroup group)
    {
        if (conversion.MayDowngrade(group))
        {
            context.Schedule(new TimerKey(DowngradePurpose, group.Id), TimeSpan.Zero, () => Downgrade(group.Id));
        }
    }

    private CommandOutcome Downgrade(string groupId)
    {
        if (shard.Find(groupId)?.Consumer is not { } group || !conversion.MayDowngrade(group))
        {
            return CommandOutcome.Done;
        }

        List<ConsumerMember> members = [.. group.Members];
        return CommandOutcome.Append(conversion.Downgrade(group, context.UtcNowMs), () =>
        {
            members.ForEach(member => timers.Cancel(groupId, member.Id));
            GroupLog.Downgraded(logger, groupId, group.Epoch);
            var classic = shard.Find(groupId)?.Classic ?? throw new InvalidOperationException($"Group {groupId} is gone in the middle of its change to the classic protocol.");
            classic.Restore();
            KeepEpochs(classic, members);
            rebalance.Resume(classic);
            rebalance.Begin(classic, "its last member of the consumer protocol has gone");
        });
    }

    /// <summary>
    /// The departure of the last member has raised the epoch, of which nobody has heard: members that had come as far as any go on by the one that they know, and so
    /// keep their partitions and commit until they join. Those that are behind let go of theirs, as nobody would believe them that they had them.
    /// </summary>
    private static void KeepEpochs(ClassicGroup classic, List<ConsumerMember> members)
    {
        var furthest = members.Max(member => member.Current.Epoch);
        foreach (var member in members.Where(member => member.Current.Epoch == furthest))
        {
            if (classic.TryGetMember(member.Id, out var found))
            {
                found.FormerEpoch = furthest;
            }
        }
    }
}
