using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// Carries what one member has said through its group: the member is written down as it is now; the group's epoch rises when something has
/// changed that assignments depend on, or members have told that they have caught up so far that tasks can go elsewhere; a target assignment
/// is made for a new epoch; and the member goes a step towards it. Nothing is changed here: what comes out are records.
/// </summary>
internal sealed class StreamsStep(GroupShard shard)
{
    /// <summary>
    /// The first epoch of a group. Members who come while the group still waits for more are in the one before, so that they notice when
    /// it has begun.
    /// </summary>
    private const int FirstEpoch = 2;

    /// <param name="group">The group as the log has it; an empty one when it is not there yet.</param>
    /// <param name="said">What the member says.</param>
    /// <param name="look">What the group's topology comes to now.</param>
    /// <param name="settings">What is set for the group.</param>
    /// <param name="records">What there is to write so far; more is added.</param>
    public StreamsStepResult Take(StreamsGroup group, StreamsSaid said, CheckedTopology look, StreamsGroupSettings settings, List<CoordinatorRecord> records)
    {
        var before = said.Member;
        var speaker = before with { Metadata = said.Metadata };
        if (said.Metadata != before.Metadata)
        {
            records.Add(StreamsGroupRecords.Member(group.Id, speaker.Id, said.Metadata));
        }

        if (!look.Topology.Equals(group.Topology))
        {
            records.Add(StreamsGroupRecords.Topology(group.Id, look.Topology));
        }

        var epoch = RaiseEpoch(group, said, look, settings, records);
        var isAssigned = epoch == group.Epoch && epoch == group.AssignmentEpoch;
        var weighed = isAssigned && group.Soft.Weighed is { } known && known.IsHeldTo(settings) && Equals(said.Told, group.Soft.Told.GetValueOrDefault(speaker.Id))
            ? known
            : WeighedLags.Of(group, said, settings);
        var draft = isAssigned ? Reconsider(group, speaker, look.Plan, settings, weighed) : null;
        if (draft is { IsAnother: true })
        {
            epoch++;
            records.Add(StreamsGroupRecords.Group(group.Id, group.Decided! with { Epoch = epoch }));
        }

        var gathers = epoch > group.AssignmentEpoch && (group.Soft.IsGathering || (!group.HasMembers && settings.InitialRebalanceDelayMs > 0));
        if (epoch > group.AssignmentEpoch && !gathers)
        {
            draft ??= TargetDraft.Anew(group, speaker, look.Plan, settings, weighed.Lags);
            Write(group, draft, epoch, records);
        }

        var target = gathers ? TaskAssignment.Empty : draft?.Of(speaker.Id) ?? group.TargetOf(speaker.Id);
        var targetEpoch = gathers ? Math.Max(FirstEpoch - 1, group.AssignmentEpoch) : Math.Max(epoch, group.AssignmentEpoch);
        var approach = new Approach<TaskAssignment>(
            said.Current,
            said.Owned,
            missing => missing.Where((role, task) => group.Owners.IsFree(role, task, before, said.Metadata.ProcessId)));
        var current = approach.Rests(targetEpoch) ? said.Current : approach.Next(targetEpoch, target);
        if (current != before.Current)
        {
            records.Add(StreamsGroupRecords.Current(group.Id, speaker.Id, current));
        }

        return new StreamsStepResult(speaker with { Current = current }, look, epoch > group.Epoch, current != before.Current, gathers, weighed, draft?.Aim);
    }

    /// <summary>Writes the target assignment of a group down, for its epoch.</summary>
    public void Write(StreamsGroup group, TargetDraft draft, int epoch, List<CoordinatorRecord> records)
    {
        foreach (var (member, tasks) in draft.Changes)
        {
            records.Add(StreamsGroupRecords.Target(group.Id, member.Id, tasks));
        }

        records.Add(StreamsGroupRecords.TargetEpoch(group.Id, epoch));
        shard.Figures.StreamsRebalanced();
    }

    /// <summary>
    /// Holds the target against other lags than those that it was made for; null when there are none. Where nobody tells any, and nothing warms up from before, there is nothing to think over.
    /// </summary>
    private static TargetDraft? Reconsider(StreamsGroup group, StreamsMember speaker, TopologyPlan plan, StreamsGroupSettings settings, WeighedLags weighed)
    {
        var known = group.Soft.Weighed;
        return plan.IsReady && !weighed.Equals(known) && (weighed.Lags.AreKnown || known?.Lags.AreKnown == true || group.WarmsUp)
            ? TargetDraft.ByLags(group, speaker, plan, settings, weighed.Lags)
            : null;
    }

    private static int RaiseEpoch(StreamsGroup group, StreamsSaid said, CheckedTopology look, StreamsGroupSettings settings, List<CoordinatorRecord> records)
    {
        var decided = new GroupEpoch(group.Epoch, look.Hash, look.ValidatedEpoch, settings.StandbyReplicas);
        var isNew = !group.TryGetMember(said.Member.Id, out _);
        if (!isNew && decided == group.Decided && said.Metadata.IsAssignedLike(said.Member.Metadata) && look.Topology.Equals(group.Topology))
        {
            return group.Epoch;
        }

        decided = decided with { Epoch = group.Epoch == 0 ? FirstEpoch : group.Epoch + 1 };
        records.Add(StreamsGroupRecords.Group(group.Id, decided));
        return decided.Epoch;
    }
}
