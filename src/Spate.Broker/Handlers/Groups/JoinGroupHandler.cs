using Spate.Broker.Requests;
using Spate.Coordination;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Groups;

/// <summary>JoinGroup 0 to 9: a member asks to take part, and is answered when its group's round has gathered. From version 4 on a new member is told its id first.</summary>
public sealed class JoinGroupHandler(GroupCoordinator groups) : RequestHandler<JoinGroupRequest, JoinGroupResponse>
{
    protected override async ValueTask<JoinGroupResponse?> HandleAsync(JoinGroupRequest request, RequestContext context, CancellationToken cancellation) =>
        await groups.JoinGroupAsync(request, context.ToGroupClient());
}
