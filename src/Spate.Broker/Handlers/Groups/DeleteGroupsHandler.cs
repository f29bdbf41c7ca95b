using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>DeleteGroups 0 to 2: empty groups and their offsets are forgotten.</summary>
public sealed class DeleteGroupsHandler(GroupCoordinator groups) : RequestHandler<DeleteGroupsRequest, DeleteGroupsResponse>
{
    protected override async ValueTask<DeleteGroupsResponse?> HandleAsync(DeleteGroupsRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.DeleteGroupsAsync(request);
}
