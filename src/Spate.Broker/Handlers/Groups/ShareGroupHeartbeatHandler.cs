using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// ShareGroupHeartbeat 0 and 1: a member of a share group joins, says that it is there, hears from which partitions it may fetch, and leaves (KIP-932). Answered
/// UNSUPPORTED_VERSION while the cluster's level of share.version is 0.
/// </summary>
public sealed class ShareGroupHeartbeatHandler(ShareGroups groups, ClusterView cluster) : RequestHandler<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>
{
    protected override async ValueTask<ShareGroupHeartbeatResponse?> HandleAsync(ShareGroupHeartbeatRequest request, RequestContext context, CancellationToken cancellation) =>
        cluster.HasShareGroups()
            ? await groups.HeartbeatAsync(request, context.ToGroupClient())
            : new ShareGroupHeartbeatResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = ShareGroupLevel.Message };
}
