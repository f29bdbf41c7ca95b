using Spate.Broker.Cluster;
using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>ShareGroupDescribe 0 and 1: share groups with their members, in full. UNSUPPORTED_VERSION of each while the level of share.version is 0.</summary>
public sealed class ShareGroupDescribeHandler(ShareGroups groups, ClusterView cluster) : RequestHandler<ShareGroupDescribeRequest, ShareGroupDescribeResponse>
{
    protected override async ValueTask<ShareGroupDescribeResponse?> HandleAsync(ShareGroupDescribeRequest request, RequestContext context, CancellationToken cancellation)
    {
        if (!cluster.HasShareGroups())
        {
            return new ShareGroupDescribeResponse
            {
                Groups = request.GroupIds.ConvertAll(groupId => new ShareGroupDescribeResponse.DescribedGroup
                {
                    GroupId = groupId,
                    ErrorCode = ErrorCode.UnsupportedVersion,
                    ErrorMessage = ShareGroupLevel.Message,
                }),
            };
        }

        var response = await groups.DescribeAsync(request);
        foreach (var group in response.Groups)
        {
            if (request.IncludeAuthorizedOperations && group.ErrorCode == ErrorCode.None)
            {
                group.AuthorizedOperations = AuthorizedOperations.Group;
            }
        }

        return response;
    }
}
