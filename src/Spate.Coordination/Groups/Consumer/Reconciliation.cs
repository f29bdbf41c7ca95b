using Spate.Protocol;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// The next step of a member towards its target assignment. First it gives up what it is not to have, and stays in its epoch until it says
/// that it has; then it goes to the target's epoch and gets what is free; then it waits for what others have not given up yet.
/// </summary>
/// <param name="member">The member as it is.</param>
/// <param name="owned">What it says that it has; null when it does not say.</param>
/// <param name="isSubscribed">Whether it subscribes to a topic. One that it does not is none of its target.</param>
/// <param name="owners">Who has what.</param>
internal sealed class Reconciliation(ConsumerMember member, PartitionSet? owned, Func<Uuid, bool> isSubscribed, PartitionOwners owners)
{
    private readonly CurrentAssignment _current = member.Current;

    /// <param name="targetEpoch">The epoch of the target assignment.</param>
    /// <param name="target">What the member is to have.</param>
    /// <param name="subscriptionChanged">Whether it reads other topics now than it did when the target was made.</param>
    public CurrentAssignment Next(int targetEpoch, PartitionSet target, bool subscriptionChanged)
    {
        switch (_current.State)
        {
            case MemberState.Stable when _current.Epoch == targetEpoch:
            case MemberState.UnrevokedPartitions when StillHas(_current.PendingRevocation):
                return subscriptionChanged ? Unsubscribe() : _current;
            case MemberState.Unknown:
                // Begins anew from what it has given up altogether; whoever has not is told to by the caller.
                return Approach(targetEpoch, target, targetEpoch);
            default:
                return Approach(targetEpoch, target, _current.Epoch);
        }
    }

    private CurrentAssignment Approach(int targetEpoch, PartitionSet target, int epochMeanwhile)
    {
        var wanted = target.Where((topic, _) => isSubscribed(topic));
        var kept = _current.Assigned.Intersect(wanted);
        var toRevoke = _current.Assigned.Except(kept);
        if (!toRevoke.IsEmpty && StillHas(toRevoke))
        {
            return _current.In(epochMeanwhile, MemberState.UnrevokedPartitions, kept, toRevoke);
        }

        var missing = wanted.Except(kept);
        var free = missing.Where(IsFree);
        return _current.In(
            targetEpoch,
            free.Count == missing.Count ? MemberState.Stable : MemberState.UnreleasedPartitions,
            kept.Union(free),
            PartitionSet.Empty);
    }

    /// <summary>Takes away what the member has ceased to subscribe to, without waiting for a new target.</summary>
    private CurrentAssignment Unsubscribe()
    {
        var kept = _current.Assigned.Where((topic, _) => isSubscribed(topic));
        if (ReferenceEquals(kept, _current.Assigned))
        {
            return _current;
        }

        var toRevoke = _current.PendingRevocation.Union(_current.Assigned.Except(kept));
        return StillHas(toRevoke)
            ? _current.In(_current.Epoch, MemberState.UnrevokedPartitions, kept, toRevoke)
            : _current with { Assigned = kept };
    }

    private bool StillHas(PartitionSet partitions) => owned is null || owned.Overlaps(partitions);

    /// <summary>What the member itself is only now known to have given up is free for it.</summary>
    private bool IsFree(Uuid topic, int partition) => owners.Find(topic, partition) is not { } owner || owner == member.Id;
}
