using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>
/// DescribeShareGroupOffsets 0 and 1: from where share groups read on, and how many records are left from there, which version 1 tells. UNSUPPORTED_VERSION of each
/// group while the level of share.version is 0.
/// </summary>
public sealed class DescribeShareGroupOffsetsHandler(ShareGroups groups, ClusterView cluster) : RequestHandler<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse>
{
    protected override async ValueTask<DescribeShareGroupOffsetsResponse?> HandleAsync(
        DescribeShareGroupOffsetsRequest request, RequestContext context, CancellationToken cancellation) =>
        cluster.HasShareGroups()
            ? await groups.DescribeOffsetsAsync(request)
            : new DescribeShareGroupOffsetsResponse
            {
                Groups = request.Groups.ConvertAll(group => new DescribeShareGroupOffsetsResponse.GroupOffsets
                {
                    GroupId = group.GroupId,
                    ErrorCode = ErrorCode.UnsupportedVersion,
                    ErrorMessage = ShareGroupLevel.Message,
                }),
            };
}
