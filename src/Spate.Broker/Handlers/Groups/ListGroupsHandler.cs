using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>ListGroups 0 to 5: the groups that this node coordinates; filtered by state from version 4 on, by type from version 5 on.</summary>
public sealed class ListGroupsHandler(GroupCoordinator groups) : RequestHandler<ListGroupsRequest, ListGroupsResponse>
{
    protected override async ValueTask<ListGroupsResponse?> HandleAsync(ListGroupsRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.ListGroupsAsync(request);
}
