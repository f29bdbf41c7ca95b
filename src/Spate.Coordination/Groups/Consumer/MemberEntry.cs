using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Who a request comes from: a member as it is known, one that is new, or a static member that comes back under another id.</summary>
/// <param name="Member">The member before the request; with the id that it has from now on.</param>
/// <param name="Replaced">What a static member was before, which it takes the place of; null otherwise.</param>
internal sealed record MemberEntry(ConsumerMember Member, ConsumerMember? Replaced = null)
{
    /// <summary>Finds out, or says why the request cannot be from anybody who may ask.</summary>
    public static MemberEntry? Find(
        ConsumerGroup group, string memberId, string? instanceId, int epoch, PartitionSet? owned, out Refusal? refusal)
    {
        var isJoining = epoch == MemberEpochs.Joining;
        refusal = null;
        if (instanceId is null)
        {
            if (group.TryGetMember(memberId, out var member))
            {
                refusal = CheckEpoch(member, epoch, owned);
                return refusal is null ? new MemberEntry(member) : null;
            }

            if (isJoining)
            {
                return New(memberId);
            }

            refusal = new Refusal(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {group.Id}.");
            return null;
        }

        return group.FindInstance(instanceId) is { } known
            ? FindStatic(known, memberId, instanceId, epoch, owned, out refusal)
            : FindUnknownInstance(memberId, instanceId, isJoining, out refusal);
    }

    public static MemberEntry New(string memberId) => new(new ConsumerMember(memberId, MemberMetadata.None, CurrentAssignment.None));

    /// <summary>The one who takes the place of a static member that went away: it has what that one had, in an epoch of its own.</summary>
    public static MemberEntry Replacing(ConsumerMember former, string memberId) =>
        new(former with { Id = memberId, Current = former.Current with { Epoch = MemberEpochs.Joining, PreviousEpoch = MemberEpochs.Joining } }, former);

    /// <summary>
    /// Whether a member is in the epoch that it says. Behind by one it may be when the answer that told it of its present one got lost:
    /// it then has nothing that it is not to have.
    /// </summary>
    private static Refusal? CheckEpoch(ConsumerMember member, int epoch, PartitionSet? owned)
    {
        var known = member.Current.Epoch;
        var isCurrent = epoch == MemberEpochs.Joining
            || epoch == known
            || (epoch < known && epoch == member.Current.PreviousEpoch && owned is not null && member.Current.Assigned.Contains(owned));
        return isCurrent ? null : new Refusal(
            ErrorCode.FencedMemberEpoch,
            $"The consumer group member has a {(epoch > known ? "greater" : "smaller")} member epoch ({epoch}) than the one known by the group coordinator ({known}). The member must abandon all its partitions and rejoin.");
    }

    private static MemberEntry? FindUnknownInstance(string memberId, string instanceId, bool isJoining, out Refusal? refusal)
    {
        refusal = isJoining ? null : new Refusal(ErrorCode.UnknownMemberId, $"Instance id {instanceId} is unknown.");
        return isJoining ? New(memberId) : null;
    }

    private static MemberEntry? FindStatic(
        ConsumerMember known, string memberId, string instanceId, int epoch, PartitionSet? owned, out Refusal? refusal)
    {
        if (known.Id == memberId)
        {
            refusal = CheckEpoch(known, epoch, owned);
            return refusal is null ? new MemberEntry(known) : null;
        }

        if (epoch != MemberEpochs.Joining)
        {
            refusal = new Refusal(ErrorCode.FencedInstanceId, $"Static member {memberId} with instance id {instanceId} was fenced by member {known.Id}.");
            return null;
        }

        if (known.Current.Epoch != MemberEpochs.LeavingForAWhile)
        {
            refusal = new Refusal(
                ErrorCode.UnreleasedInstanceId,
                $"Static member {memberId} with instance id {instanceId} cannot join the group because the instance id is owned by {known.Id} member.");
            return null;
        }

        refusal = null;
        return Replacing(known, memberId);
    }
}
