using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups;

/// <summary>Whose commits and fetches of offsets a group takes whose work the broker assigns: those of members in their present epoch.</summary>
internal static class OffsetFencing
{
    /// <summary>From this version on OffsetCommit knows member epochs, and their errors.</summary>
    public const short MemberEpochVersion = 9;

    /// <summary>A commit. A client that is no member may commit while there are none.</summary>
    public static ErrorCode CheckCommit(IAssignedGroup group, string memberId, int epoch, short version)
    {
        if (epoch < 0 && !group.HasMembers)
        {
            return ErrorCode.None;
        }

        return group.StandingOf(memberId) is not { } member ? ErrorCode.UnknownMemberId
            : !member.SpeaksClassic && version < MemberEpochVersion ? ErrorCode.UnsupportedVersion
            : CheckEpoch(member, epoch);
    }

    /// <summary>A fetch. Who does not say that it is a member is not held to be one.</summary>
    public static ErrorCode CheckFetch(IAssignedGroup group, string? memberId, int epoch) =>
        memberId is null && epoch < 0 ? ErrorCode.None
        : memberId is null || group.StandingOf(memberId) is not { } member ? ErrorCode.UnknownMemberId
        : CheckEpoch(member, epoch);

    private static ErrorCode CheckEpoch(MemberStanding member, int epoch) =>
        epoch == member.Epoch ? ErrorCode.None
        : member.SpeaksClassic ? ErrorCode.IllegalGeneration
        : ErrorCode.StaleMemberEpoch;
}
