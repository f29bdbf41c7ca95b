using Spate.Broker.Cluster;
using Spate.Broker.Handlers.Groups;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Shares;
using Spate.Broker.Shares.Sessions;
using Spate.Coordination.Shares.Partitions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Shares;

/// <summary>
/// ShareAcknowledge 1 and 2 (KIP-932): what a member of a share group says of records that it holds, within the session in which it fetched them. The epoch -1 ends
/// the session and gives back the rest. Version 2 renews locks (KIP-1222). UNSUPPORTED_VERSION while the level of share.version is 0.
/// </summary>
internal sealed class ShareAcknowledgeHandler(ShareService shares, PartitionTable table, ClusterView cluster) : RequestHandler<ShareAcknowledgeRequest, ShareAcknowledgeResponse>
{
    /// <summary>Version 0 was early access, and is served nowhere any more.</summary>
    public override short LowestVersion => 1;

    protected override async ValueTask<ShareAcknowledgeResponse?> HandleAsync(ShareAcknowledgeRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!cluster.HasShareGroups())
        {
            return new ShareAcknowledgeResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = ShareGroupLevel.Message };
        }

        if (ShareRequestFault.OfMember(request.GroupId, request.MemberId) is { } fault)
        {
            return new ShareAcknowledgeResponse { ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = fault };
        }

        ShareSession? session = null;
        var error = request.ShareSessionEpoch switch
        {
            ShareSession.InitialEpoch => ErrorCode.InvalidShareSessionEpoch,
            ShareSession.FinalEpoch => shares.Sessions.End(request.GroupId!, request.MemberId!, out session),
            _ => shares.Sessions.Continue(request.GroupId!, request.MemberId!, request.ShareSessionEpoch, out session),
        };
        if (error != ErrorCode.None)
        {
            return new ShareAcknowledgeResponse { ErrorCode = error, ErrorMessage = ShareSessionMessages.Of(error) };
        }

        var acknowledged = await shares.Members.AcknowledgeAsync(request.GroupId!, request.MemberId!, Acknowledgements(request), request.IsRenewAck);
        if (request.ShareSessionEpoch == ShareSession.FinalEpoch)
        {
            await shares.Members.ReleaseAsync(request.GroupId!, request.MemberId!, session!.TakeTurns());
        }

        var reply = new ShareReplies(cluster, table, context).Of(acknowledged);
        reply.AcquisitionLockTimeoutMs = (int)shares.Settings.Of(request.GroupId!).Limits.LockDurationMs;
        return reply;
    }

    private static List<KeyValuePair<SharedTopicPartition, List<Acknowledgement>>> Acknowledgements(ShareAcknowledgeRequest request) =>
    [
        .. request.Topics.SelectMany(static topic => topic.Partitions.Select(partition => KeyValuePair.Create(
            new SharedTopicPartition(topic.TopicId, partition.PartitionIndex),
            partition.AcknowledgementBatches.ConvertAll(static batch => new Acknowledgement(batch.FirstOffset, batch.LastOffset, batch.AcknowledgeTypes))))),
    ];
}
