using Spate.Coordination.Groups.Streams.Assignment;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// Carries what one member has said through its group: the member is written down as it is now; the group's epoch rises when something has
/// changed that assignments depend on; a target assignment is made for a new epoch; and the member goes a step towards it. Nothing is
/// changed here: what comes out are records.
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
        var draft = before with { Metadata = said.Metadata };
        if (said.Metadata != before.Metadata)
        {
            records.Add(StreamsGroupRecords.Member(group.Id, draft.Id, said.Metadata));
        }

        if (!look.Topology.Equals(group.Topology))
        {
            records.Add(StreamsGroupRecords.Topology(group.Id, look.Topology));
        }

        var epoch = RaiseEpoch(group, said, look, settings, records);
        var gathers = epoch > group.AssignmentEpoch && (group.Soft.IsGathering || (!group.HasMembers && settings.InitialRebalanceDelayMs > 0));
        var target = gathers ? TaskAssignment.Empty
            : epoch > group.AssignmentEpoch ? MakeTarget(group, draft, epoch, look.Plan, settings, records)
            : group.TargetOf(draft.Id);
        var targetEpoch = gathers ? Math.Max(FirstEpoch - 1, group.AssignmentEpoch) : Math.Max(epoch, group.AssignmentEpoch);
        var approach = new Approach<TaskAssignment>(
            said.Current,
            said.Owned,
            missing => missing.Where((role, task) => group.Owners.IsFree(role, task, before, said.Metadata.ProcessId)));
        var current = approach.Rests(targetEpoch) ? said.Current : approach.Next(targetEpoch, target);
        if (current != before.Current)
        {
            records.Add(StreamsGroupRecords.Current(group.Id, draft.Id, current));
        }

        return new StreamsStepResult(draft with { Current = current }, look, epoch > group.Epoch, current != before.Current, gathers);
    }

    /// <summary>Makes the target assignment of a group for its epoch, for all of its members and one who is new or has changed.</summary>
    /// <returns>What that one is to have.</returns>
    public TaskAssignment MakeTarget(
        StreamsGroup group, StreamsMember? draft, int epoch, TopologyPlan plan, StreamsGroupSettings settings, List<CoordinatorRecord> records)
    {
        List<StreamsMember> roster = [.. group.Members.Where(member => member.Id != draft?.Id)];
        if (draft is not null)
        {
            roster.Add(draft);
        }

        roster.Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
        var targets = plan.IsReady && roster.Count > 0
            ? StickyTaskAssignor.Assign(new TaskQuestion(
                plan.Subtopologies,
                roster.ConvertAll(member => new TaskCandidate(member.Id, member.Metadata.ProcessId, group.TargetOf(member.Id))),
                settings.StandbyReplicas))
            : [.. Enumerable.Repeat(TaskAssignment.Empty, roster.Count)];
        foreach (var (member, target) in roster.Zip(targets))
        {
            if (target != group.TargetOf(member.Id) || !group.TryGetMember(member.Id, out _))
            {
                records.Add(StreamsGroupRecords.Target(group.Id, member.Id, target));
            }
        }

        records.Add(StreamsGroupRecords.TargetEpoch(group.Id, epoch));
        shard.Figures.StreamsRebalanced();
        return draft is null ? TaskAssignment.Empty : targets[roster.IndexOf(draft)];
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
