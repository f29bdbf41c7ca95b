using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>What a ConsumerGroupHeartbeat must say to be understood, whatever group it is for.</summary>
internal sealed class HeartbeatRules(IReadOnlyList<string> assignors)
{
    /// <summary>From this version on members make their ids themselves.</summary>
    private const short OwnIdVersion = 1;

    public Refusal? Check(ConsumerGroupHeartbeatRequest request, short version)
    {
        var fault =
            request.GroupId.Length == 0 ? "GroupId can't be empty."
            : request.MemberId.Length == 0 && NeedsId(request, version) ? "MemberId can't be empty."
            : request.InstanceId?.Length == 0 ? "InstanceId can't be empty."
            : request.RackId?.Length == 0 ? "RackId can't be empty."
            : request.MemberEpoch < MemberEpochs.LeavingForAWhile ? $"MemberEpoch is {request.MemberEpoch}, but must be at least {MemberEpochs.LeavingForAWhile}."
            : request.MemberEpoch == MemberEpochs.LeavingForAWhile && request.InstanceId is null ? "InstanceId can't be null."
            : request.MemberEpoch == MemberEpochs.Joining ? JoinFault(request)
            : null;
        if (fault is not null)
        {
            return new Refusal(ErrorCode.InvalidRequest, fault);
        }

        return request.ServerAssignor is { } assignor && !assignors.Contains(assignor, StringComparer.Ordinal)
            ? new Refusal(ErrorCode.UnsupportedAssignor, $"ServerAssignor {assignor} is not supported. Supported assignors: {string.Join(", ", assignors)}.")
            : null;
    }

    private static bool NeedsId(ConsumerGroupHeartbeatRequest request, short version) =>
        version >= OwnIdVersion || request.MemberEpoch > MemberEpochs.Joining || request.MemberEpoch == MemberEpochs.Leaving;

    /// <summary>Who joins says everything, and has nothing. One that subscribes to nothing is a member all the same.</summary>
    private static string? JoinFault(ConsumerGroupHeartbeatRequest request) =>
        request.RebalanceTimeoutMs == -1 ? "RebalanceTimeoutMs must be provided in first request."
        : request.TopicPartitions is not { Count: 0 } ? "TopicPartitions must be empty when (re-)joining."
        : request.SubscribedTopicNames is null && request.SubscribedTopicRegex is null
            ? "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining."
            : null;
}
