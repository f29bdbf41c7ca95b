using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>A classic group becomes one of the consumer protocol, because somebody of that protocol joins.</summary>
internal sealed class GroupUpgrade(GroupShard shard, ClassicConversion conversion, ClassicRebalance rebalance, ConsumerTimers timers, ILogger logger)
{
    /// <summary>The group as it will be, or null with the reason why not.</summary>
    public ConsumerGroup? Begin(ClassicGroup classic, List<CoordinatorRecord> records, out Refusal? refusal) =>
        conversion.Upgrade(classic, records, out refusal);

    /// <summary>The log says so, if that is what was written: whoever still waits in the old way is sent on, and sessions go on in the new.</summary>
    public void Complete(ConsumerGroup group)
    {
        if (shard.Find(group.Id) is not { } found || found.Classic is { MemberCount: 0, Pending.Count: 0 })
        {
            return;
        }

        rebalance.Abandon(found.TakeClassic());
        GroupLog.Upgraded(logger, group.Id, group.Epoch);
        foreach (var member in group.Members)
        {
            timers.StartSession(group.Id, member);
        }
    }

    public void TellOfEpoch(ConsumerGroup group, ConsumerMember member) =>
        GroupLog.EpochRaised(logger, group.Id, group.Epoch, group.Members.Count, member.Id);
}
