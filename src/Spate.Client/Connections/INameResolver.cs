using System.Net;

namespace Spate.Client.Connections;

/// <summary>Turns the name of a host into its addresses, in the order in which they are to be tried.</summary>
internal interface INameResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or nobody to ask.</exception>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
