using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>SyncGroup 0 to 5: the leader brings everyone's assignment, the others fetch theirs.</summary>
public sealed class SyncGroupHandler(GroupCoordinator groups) : RequestHandler<SyncGroupRequest, SyncGroupResponse>
{
    protected override async ValueTask<SyncGroupResponse?> HandleAsync(SyncGroupRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.SyncGroupAsync(request);
}
