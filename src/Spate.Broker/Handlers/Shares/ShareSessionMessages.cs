using Spate.Protocol.Errors;

namespace Spate.Broker.Handlers.Shares;

/// <summary>What a person should know of the errors of sessions.</summary>
internal static class ShareSessionMessages
{
    public static string? Of(ErrorCode error) => error switch
    {
        ErrorCode.ShareSessionNotFound => "The member has no session on this broker; it begins one with the epoch 0.",
        ErrorCode.InvalidShareSessionEpoch => "The session is at another epoch; the member begins a new one with the epoch 0.",
        ErrorCode.ShareSessionLimitReached => "There are as many sessions as group.share.max.share.sessions allows.",
        _ => null,
    };
}
