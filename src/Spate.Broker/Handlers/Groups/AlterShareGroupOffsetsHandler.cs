using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>AlterShareGroupOffsets 0: an empty share group is made to begin elsewhere. UNSUPPORTED_VERSION while the level of share.version is 0.</summary>
public sealed class AlterShareGroupOffsetsHandler(ShareGroups groups, ClusterView cluster) : RequestHandler<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse>
{
    protected override async ValueTask<AlterShareGroupOffsetsResponse?> HandleAsync(AlterShareGroupOffsetsRequest request, RequestContext context, CancellationToken cancellation) =>
        cluster.HasShareGroups()
            ? await groups.AlterOffsetsAsync(request)
            : new AlterShareGroupOffsetsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ErrorMessage = ShareGroupLevel.Message };
}
