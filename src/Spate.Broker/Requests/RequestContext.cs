using System.Net;
using Spate.Broker.Network;

namespace Spate.Broker.Requests;

/// <summary>Who asks, and in which version. Immutable, one for each request.</summary>
/// <param name="Connection">The connection that the request came on.</param>
/// <param name="ApiVersion">The version of the request, within what its handler serves.</param>
/// <param name="ClientId">What the client calls itself; empty when it does not say.</param>
public sealed record RequestContext(ConnectionContext Connection, short ApiVersion, string ClientId)
{
    /// <summary>The client's address as groups show it: a slash and the address, as Kafka writes it.</summary>
    public string ClientHost => Connection.ClientEndPoint is IPEndPoint address ? $"/{address.Address}" : "/unknown";
}
