using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>Heartbeat 0 to 4: a member is alive, and hears when its group gathers anew.</summary>
public sealed class HeartbeatHandler(GroupCoordinator groups) : RequestHandler<HeartbeatRequest, HeartbeatResponse>
{
    protected override async ValueTask<HeartbeatResponse?> HandleAsync(HeartbeatRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.HeartbeatAsync(request);
}
