using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>What is wrong with requests of members of share groups as a whole, in a sentence; null when nothing is.</summary>
internal static class ShareRequestFault
{
    public static string? Of(ShareFetchRequest request)
    {
        if (OfMember(request.GroupId, request.MemberId) is { } fault)
        {
            return fault;
        }

        if (request.ShareAcquireMode is < (sbyte)AcquireMode.BatchOptimized or > (sbyte)AcquireMode.RecordLimit)
        {
            return $"There is no acquire mode {request.ShareAcquireMode}.";
        }

        if (request.IsRenewAck && (request.MaxWaitMs != 0 || request.MinBytes != 0 || request.MaxBytes != 0 || request.MaxRecords != 0))
        {
            return "A request that renews locks fetches nothing: its wait, bytes and records must be 0.";
        }

        return request.ShareSessionEpoch == 0 && request.Topics.Exists(static topic => topic.Partitions.Exists(static partition => partition.AcknowledgementBatches.Count > 0))
            ? "The request that begins a session cannot acknowledge anything."
            : null;
    }

    public static string? OfMember(string? groupId, string? memberId) =>
        string.IsNullOrEmpty(groupId) ? "The request names no group."
        : string.IsNullOrEmpty(memberId) ? "The request names no member."
        : null;
}
