using Spate.Protocol;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>The next step of a consumer towards its target assignment (<see cref="Approach{TWork}"/>), of which it gets what it subscribes to.</summary>
/// <param name="member">The member as it is.</param>
/// <param name="owned">What it says that it has; null when it does not say.</param>
/// <param name="isSubscribed">Whether it subscribes to a topic. One that it does not is none of its target.</param>
/// <param name="owners">Who has what.</param>
internal sealed class Reconciliation(ConsumerMember member, PartitionSet? owned, Func<Uuid, bool> isSubscribed, PartitionOwners owners)
{
    private readonly CurrentAssignment _current = member.Current;
    private readonly Approach<PartitionSet> _approach = new(
        member.Current,
        owned,
        // What the member itself is only now known to have given up is free for it.
        missing => missing.Where((topic, partition) => owners.Find(topic, partition) is not { } owner || owner == member.Id));

    /// <param name="targetEpoch">The epoch of the target assignment.</param>
    /// <param name="target">What the member is to have.</param>
    /// <param name="subscriptionChanged">Whether it reads other topics now than it did when the target was made.</param>
    public CurrentAssignment Next(int targetEpoch, PartitionSet target, bool subscriptionChanged) =>
        !_approach.Rests(targetEpoch) ? _approach.Next(targetEpoch, target.Where((topic, _) => isSubscribed(topic)))
        : subscriptionChanged ? Unsubscribe()
        : _current;

    /// <summary>Takes away what the member has ceased to subscribe to, without waiting for a new target.</summary>
    private CurrentAssignment Unsubscribe()
    {
        var kept = _current.Assigned.Where((topic, _) => isSubscribed(topic));
        if (ReferenceEquals(kept, _current.Assigned))
        {
            return _current;
        }

        var toRevoke = _current.PendingRevocation.Union(_current.Assigned.Except(kept));
        return _approach.StillHas(toRevoke)
            ? _current.In(_current.Epoch, MemberState.UnrevokedPartitions, kept, toRevoke)
            : _current with { Assigned = kept };
    }
}
