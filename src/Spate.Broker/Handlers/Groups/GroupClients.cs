using Spate.Broker.Requests;
using Spate.Coordination;

namespace Spate.Broker.Handlers.Groups;

/// <summary>The one who asks, as a coordinator remembers it.</summary>
internal static class GroupClients
{
    public static GroupClient ToGroupClient(this RequestContext context) => new(context.ClientId, context.ClientHost, context.ApiVersion);
}
