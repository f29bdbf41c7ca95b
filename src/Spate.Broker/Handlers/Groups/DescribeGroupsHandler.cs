using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>DescribeGroups 0 to 6: the state, members and assignment of groups.</summary>
public sealed class DescribeGroupsHandler(GroupCoordinator groups) : RequestHandler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(
        DescribeGroupsRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.DescribeGroupsAsync(request, context.ToGroupClient());
}
