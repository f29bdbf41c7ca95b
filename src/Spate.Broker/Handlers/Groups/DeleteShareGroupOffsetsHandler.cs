using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>DeleteShareGroupOffsets 0: an empty share group forgets where it was in topics. UNSUPPORTED_VERSION while the level of share.version is 0.</summary>
public sealed class DeleteShareGroupOffsetsHandler(ShareGroups groups, ClusterView cluster) : RequestHandler<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse>
{
    protected override async ValueTask<DeleteShareGroupOffsetsResponse?> HandleAsync(DeleteShareGroupOffsetsRequest request, RequestContext context, CancellationToken cancellation) =>
        cluster.HasShareGroups()
            ? await groups.DeleteOffsetsAsync(request)
            : new DeleteShareGroupOffsetsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = ShareGroupLevel.Message };
}
