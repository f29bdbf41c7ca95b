using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>DescribeGroups 0 to 6: the state, members and assignment of groups; what the client may do to them from version 3 on (KIP-430).</summary>
public sealed class DescribeGroupsHandler(GroupCoordinator groups) : RequestHandler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(
        DescribeGroupsRequest request, RequestContext context, CancellationToken cancellation)
    {
        var response = await groups.DescribeGroupsAsync(request, context.ToGroupClient());
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
