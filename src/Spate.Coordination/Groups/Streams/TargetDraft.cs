using Spate.Coordination.Groups.Streams.Assignment;
using Spate.Coordination.Groups.Streams.Topologies;

namespace Spate.Coordination.Groups.Streams;

/// <summary>A target assignment that is not written yet, for all members of a group and perhaps one who is new or has changed. Immutable.</summary>
internal sealed class TargetDraft
{
    private readonly StreamsGroup _group;
    private readonly List<StreamsMember> _roster;
    private readonly IReadOnlyList<TaskAssignment> _targets;

    private TargetDraft(StreamsGroup group, List<StreamsMember> roster, IReadOnlyList<TaskAssignment> targets, IReadOnlyList<TaskAssignment> aim)
    {
        _group = group;
        _roster = roster;
        _targets = targets;
        Aim = roster.Zip(aim).ToDictionary(pair => pair.First.Id, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>What members are to have once all have caught up with the state of what they are to do.</summary>
    public IReadOnlyDictionary<string, TaskAssignment> Aim { get; }

    /// <summary>Whether it is another one than the group has.</summary>
    public bool IsAnother => Changes.Any();

    /// <summary>The members who are to have something else than before.</summary>
    public IEnumerable<(StreamsMember Member, TaskAssignment Tasks)> Changes =>
        _roster.Zip(_targets).Where(pair => pair.Second != _group.TargetOf(pair.First.Id) || !_group.TryGetMember(pair.First.Id, out _));

    /// <summary>Thinks all of it over.</summary>
    /// <param name="group">The group.</param>
    /// <param name="changed">The member who is new or has changed, or null.</param>
    /// <param name="plan">What the topology comes to.</param>
    /// <param name="settings">What is set for the group.</param>
    /// <param name="lags">Who has caught up with what.</param>
    public static TargetDraft Anew(StreamsGroup group, StreamsMember? changed, TopologyPlan plan, StreamsGroupSettings settings, TaskLags lags)
    {
        var roster = Roster(group, changed);
        if (!plan.IsReady || roster.Count == 0)
        {
            List<TaskAssignment> nothing = [.. Enumerable.Repeat(TaskAssignment.Empty, roster.Count)];
            return new TargetDraft(group, roster, nothing, nothing);
        }

        var question = Question(group, roster, plan, settings, lags);
        var aim = StickyTaskAssignor.Aim(question);
        return new TargetDraft(group, roster, WarmupTasks.Deal(question, aim), aim);
    }

    /// <summary>
    /// Holds what members are to have in the end against other lags: nothing of it changes, and so each task that has gone where it is to be stays there. Whoever has taken over from
    /// another coordinator, and does not know it, thinks all of it over.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="changed">The member who speaks.</param>
    /// <param name="plan">What the topology comes to, which must be ready.</param>
    /// <param name="settings">What is set for the group.</param>
    /// <param name="lags">Who has caught up with what.</param>
    public static TargetDraft ByLags(StreamsGroup group, StreamsMember changed, TopologyPlan plan, StreamsGroupSettings settings, TaskLags lags)
    {
        if (group.Soft.Aim is not { } known)
        {
            return Anew(group, changed, plan, settings, lags);
        }

        var roster = Roster(group, changed);
        var aim = roster.ConvertAll(member => known[member.Id]);
        return new TargetDraft(group, roster, WarmupTasks.Deal(Question(group, roster, plan, settings, lags), aim), aim);
    }

    /// <summary>What a member is to have.</summary>
    public TaskAssignment Of(string memberId) => _targets[_roster.FindIndex(member => member.Id == memberId)];

    /// <summary>All members in order.</summary>
    private static List<StreamsMember> Roster(StreamsGroup group, StreamsMember? changed)
    {
        List<StreamsMember> roster = [.. group.Members.Where(member => member.Id != changed?.Id)];
        if (changed is not null)
        {
            roster.Add(changed);
        }

        roster.Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
        return roster;
    }

    private static TaskQuestion Question(StreamsGroup group, List<StreamsMember> roster, TopologyPlan plan, StreamsGroupSettings settings, TaskLags lags) =>
        new(
            plan.Subtopologies,
            roster.ConvertAll(member => new TaskCandidate(member.Id, member.Metadata.ProcessId, group.TargetOf(member.Id))),
            settings.StandbyReplicas,
            settings.WarmupReplicas)
        {
            Lags = lags,
        };
}
