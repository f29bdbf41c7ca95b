using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>What a ShareGroupHeartbeat must say to be understood, whatever group it is for.</summary>
internal static class ShareHeartbeatRules
{
    public static Refusal? Check(ShareGroupHeartbeatRequest request)
    {
        var fault =
            request.MemberId.Length == 0 ? "MemberId can't be empty."
            : request.GroupId.Length == 0 ? "GroupId can't be empty."
            : request.RackId?.Length == 0 ? "RackId can't be empty."
            : request.MemberEpoch == MemberEpochs.Joining && request.SubscribedTopicNames is not { Count: > 0 } ? "SubscribedTopicNames must be set in first request."
            : request.MemberEpoch < MemberEpochs.Leaving ? $"MemberEpoch is {request.MemberEpoch}, but must be at least {MemberEpochs.Leaving}."
            : null;
        return fault is null ? null : new Refusal(ErrorCode.InvalidRequest, fault);
    }

    /// <summary>Whether a member is in the epoch that it says. Behind by one it may be when the answer that told it of its present one got lost.</summary>
    public static Refusal? CheckEpoch(ShareMember member, int epoch)
    {
        var known = member.Current.Epoch;
        return epoch == MemberEpochs.Joining || epoch == known || (epoch < known && epoch == member.Current.PreviousEpoch)
            ? null
            : new Refusal(
                ErrorCode.FencedMemberEpoch,
                $"The share group member has a {(epoch > known ? "greater" : "smaller")} member epoch ({epoch}) than the one known by the group coordinator ({known}). The member must abandon all its partitions and rejoin.");
    }
}
