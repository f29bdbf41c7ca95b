using Spate.Coordination.Groups.Consumer;

namespace Spate.Coordination.Groups;

/// <summary>
/// The next step of a member towards its target assignment. First it gives up what it is not to have, and stays in its epoch until it says
/// that it has; then it goes to the target's epoch and gets what is free; then it waits for what others have not given up yet.
/// </summary>
/// <typeparam name="TWork">What members are assigned.</typeparam>
/// <param name="current">What the member has.</param>
/// <param name="owned">What it says that it has; null when it does not say.</param>
/// <param name="free">What of some work nobody else has.</param>
internal sealed class Approach<TWork>(CurrentAssignment<TWork> current, TWork? owned, Func<TWork, TWork> free)
    where TWork : class, IWork<TWork>
{
    /// <summary>Whether the member can do nothing now: it is there, or has not given up yet what it was told to.</summary>
    public bool Rests(int targetEpoch) => current.State switch
    {
        MemberState.Stable => current.Epoch == targetEpoch,
        MemberState.UnrevokedPartitions => StillHas(current.PendingRevocation),
        _ => false,
    };

    /// <summary>The step, for a member that does not rest.</summary>
    /// <param name="targetEpoch">The epoch of the target assignment.</param>
    /// <param name="wanted">What the member is to have.</param>
    public CurrentAssignment<TWork> Next(int targetEpoch, TWork wanted)
    {
        var kept = current.Assigned.Intersect(wanted);
        var toRevoke = current.Assigned.Except(kept);
        if (!toRevoke.IsEmpty && StillHas(toRevoke))
        {
            // From a state that is not known a member begins anew; whoever has not given everything up is told to by the caller.
            var epochMeanwhile = current.State == MemberState.Unknown ? targetEpoch : current.Epoch;
            return current.In(epochMeanwhile, MemberState.UnrevokedPartitions, kept, toRevoke);
        }

        var missing = wanted.Except(kept);
        var gained = free(missing);
        return current.In(
            targetEpoch,
            gained.Count == missing.Count ? MemberState.Stable : MemberState.UnreleasedPartitions,
            kept.Union(gained),
            TWork.Empty);
    }

    public bool StillHas(TWork work) => owned is null || owned.Overlaps(work);
}
