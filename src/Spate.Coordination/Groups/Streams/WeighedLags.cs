using Spate.Coordination.Groups.Streams.Assignment;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What was known of members' lags when a target assignment was last made or thought over, and what it was held to.</summary>
/// <param name="Lags">Who had caught up with what; nothing when lags are not to be looked at.</param>
/// <param name="WarmupReplicas">How many tasks were to warm up at a time.</param>
/// <param name="AcceptableLag">Up to which lag state counted as caught up.</param>
internal sealed record WeighedLags(TaskLags Lags, int WarmupReplicas, int AcceptableLag)
{
    /// <summary>What is known now.</summary>
    /// <param name="group">The group.</param>
    /// <param name="said">What a member says that is not known of it yet; null for none.</param>
    /// <param name="settings">What is set for the group.</param>
    public static WeighedLags Of(StreamsGroup group, StreamsSaid? said, StreamsGroupSettings settings)
    {
        var members = group.Members.Where(member => member.Id != said?.Member.Id).Select(member => (member.Metadata.ProcessId, group.Soft.Told.GetValueOrDefault(member.Id)));
        if (said is not null)
        {
            members = members.Append((said.Metadata.ProcessId, said.Told));
        }

        var lags = settings.WarmupReplicas > 0 ? TaskLags.Of(members, group.WarmsUp, settings.AcceptableRecoveryLag) : TaskLags.Unknown;
        return new WeighedLags(lags, settings.WarmupReplicas, settings.AcceptableRecoveryLag);
    }

    /// <summary>Whether it was held to what is set.</summary>
    public bool IsHeldTo(StreamsGroupSettings settings) => WarmupReplicas == settings.WarmupReplicas && AcceptableLag == settings.AcceptableRecoveryLag;
}
