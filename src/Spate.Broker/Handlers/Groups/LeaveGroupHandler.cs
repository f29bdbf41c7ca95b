using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>LeaveGroup 0 to 5: members go at once instead of by their session's end; many at a time from version 3 on.</summary>
public sealed class LeaveGroupHandler(GroupCoordinator groups) : RequestHandler<LeaveGroupRequest, LeaveGroupResponse>
{
    protected override async ValueTask<LeaveGroupResponse?> HandleAsync(LeaveGroupRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.LeaveGroupAsync(request, context.ToGroupClient());
}
