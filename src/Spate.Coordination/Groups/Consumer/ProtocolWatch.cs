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

        return CommandOutcome.Append(conversion.Downgrade(group, context.UtcNowMs), () =>
        {
            foreach (var member in group.Members)
            {
                timers.Cancel(groupId, member.Id);
            }

            GroupLog.Downgraded(logger, groupId, group.Epoch);
            var classic = shard.Find(groupId)?.Classic ?? throw new InvalidOperationException($"Group {groupId} is gone in the middle of its change to the classic protocol.");
            classic.Restore();
            rebalance.Resume(classic);
            rebalance.Begin(classic, "its last member of the consumer protocol has gone");
        });
    }
}
