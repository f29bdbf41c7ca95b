using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Offsets;

/// <summary>
/// Forgets offsets that nobody uses (KIP-211), and then the group. An empty group keeps them for the retention time from when it became
/// empty, or from a later commit; a stable group of consumers, and any whose work the broker assigns, those of topics that it has ceased to read,
/// from their commit; a group that has only ever held offsets, from their commit. Clients up to OffsetCommit v4 could name a time themselves.
/// </summary>
internal sealed class OffsetExpiry(GroupShard shard, IShardContext context, GroupCoordinatorOptions options)
{
    private const string SweepPurpose = "sweep";
    private const string ExpirePurpose = "expire";

    /// <summary>Tombstones of one group that are written at a time, so that they stay well below the size of a batch.</summary>
    private const int TombstonesMax = 1000;

    /// <summary>Begins to look the groups over from time to time.</summary>
    public void Start() => context.Schedule(new TimerKey(SweepPurpose, ""), options.OffsetsRetentionCheckInterval, Sweep, CommandAccess.Immediate);

    private CommandOutcome Sweep()
    {
        foreach (var group in shard.Groups)
        {
            Schedule(group.Id);
        }

        Start();
        return CommandOutcome.Done;
    }

    private void Schedule(string groupId) => context.Schedule(new TimerKey(ExpirePurpose, groupId), TimeSpan.Zero, () => Expire(groupId));

    private CommandOutcome Expire(string groupId)
    {
        if (shard.Find(groupId) is not { } group)
        {
            return CommandOutcome.Done;
        }

        var records = new List<CoordinatorRecord>();
        AddExpired(group, records);
        var isCutShort = records.Count == TombstonesMax;
        var expired = records.Count;
        if (!isCutShort && records.Count == group.Offsets.Count && group.Pending.Count == 0)
        {
            AddGroupIfUnused(group, records);
        }

        return CommandOutcome.Append(records, () =>
        {
            shard.Figures.Expired(expired);
            if (isCutShort)
            {
                Schedule(groupId);
            }
        });
    }

    private static void AddGroupIfUnused(Group group, List<CoordinatorRecord> records)
    {
        if (group.Assigned is { HasMembers: false } assigned)
        {
            assigned.AddTombstones(records);
        }
        else if (group is { IsClassic: true, Classic: { State: ClassicGroupState.Empty, Pending.Count: 0, Logged: not null } })
        {
            records.Add(GroupRecords.GroupTombstone(group.Id));
        }
    }

    private void AddExpired(Group group, List<CoordinatorRecord> records)
    {
        // A group whose work the broker assigns does not say since when it is empty.
        var read = group.Assigned?.SubscribedTopics();
        var classic = group.Classic;
        var isEmpty = classic.State == ClassicGroupState.Empty;
        var subscribed = read ?? (isEmpty ? null : classic.SubscribedTopics());
        var mayAge = isEmpty || (classic.State == ClassicGroupState.Stable && subscribed is not null);
        var emptySince = isEmpty ? classic.Logged?.CurrentStateTimestamp ?? -1 : -1;
        var nowMs = context.UtcNowMs;
        foreach (var (topic, partitions) in group.Offsets.Topics)
        {
            var ages = mayAge && subscribed?.Contains(topic) != true;
            foreach (var (partition, offset) in partitions)
            {
                if (records.Count == TombstonesMax)
                {
                    return;
                }

                if (ages && !group.Pending.Has(topic, partition) && (offset.Expires ? nowMs >= offset.ExpireTimestampMs : HasAged(offset, emptySince, nowMs)))
                {
                    records.Add(GroupRecords.OffsetTombstone(group.Id, topic, partition));
                }
            }
        }
    }

    private bool HasAged(CommittedOffset offset, long emptySince, long nowMs) =>
        nowMs - Math.Max(offset.CommitTimestampMs, emptySince) >= options.OffsetsRetention.TotalMilliseconds;
}
