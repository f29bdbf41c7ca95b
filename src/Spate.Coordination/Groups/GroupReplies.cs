using Spate.Coordination.Groups.Classic;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups;

/// <summary>Replies that say no more than an error.</summary>
internal static class GroupReplies
{
    public static DescribeGroupsResponse.DescribedGroup Undescribed(string groupId, ErrorCode error, string? message) => new()
    {
        ErrorCode = error,
        ErrorMessage = AnswerText.Fit(message),
        GroupId = groupId,
        GroupState = error is ErrorCode.None or ErrorCode.GroupIdNotFound ? nameof(ClassicGroupState.Dead) : "",
    };

    /// <summary>What a client is told of an error with which the log refused records; other errors stay what they are.</summary>
    public static ErrorCode OfLog(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition
            or ErrorCode.NotEnoughReplicas
            or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidFetchSize => ErrorCode.UnknownServerError,
        _ => error,
    };

    /// <summary>The same for commits, whose size is the client's doing.</summary>
    public static ErrorCode OfLogForCommit(ErrorCode error) => error is ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge
        ? ErrorCode.InvalidCommitOffsetSize
        : OfLog(error);
}
