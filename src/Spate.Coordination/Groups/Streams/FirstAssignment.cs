using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// A group that was empty waits a while for more members before it assigns anything, so that the first one does not begin with the state of
/// all tasks only to give most of it up again. When the coordinator moves meanwhile, the next heartbeat ends the wait.
/// </summary>
internal sealed class FirstAssignment(GroupShard shard, IShardContext context, StreamsStep step, StreamsParts parts)
{
    private const string Purpose = "first assignment";

    /// <summary>The first member has come.</summary>
    public void Await(StreamsGroup group, StreamsGroupSettings settings)
    {
        group.Soft.IsGathering = true;
        context.Schedule(new TimerKey(Purpose, group.Id), TimeSpan.FromMilliseconds(settings.InitialRebalanceDelayMs), () => Make(group));
    }

    private CommandOutcome Make(StreamsGroup group)
    {
        if (shard.Find(group.Id)?.Streams != group || group.Topology is not { } topology)
        {
            return CommandOutcome.Done;
        }

        var records = new List<CoordinatorRecord>();
        if (!group.HasMembers || group.Epoch == group.AssignmentEpoch)
        {
            return CommandOutcome.Append(records, () => group.Soft.IsGathering = false);
        }

        var look = group.Soft.Checked?.With(topology, parts.Topics.Current) ?? CheckedTopology.Of(topology, parts.Topics.Current);
        var settings = parts.Settings.ForStreamsGroup(group.Id);
        var weighed = WeighedLags.Of(group, null, settings);
        var draft = TargetDraft.Anew(group, null, look.Plan, settings, weighed.Lags);
        step.Write(group, draft, group.Epoch, records);
        return CommandOutcome.Append(records, () =>
        {
            group.Soft.IsGathering = false;
            (group.Soft.Weighed, group.Soft.Aim) = (weighed, draft.Aim);
        });
    }
}
