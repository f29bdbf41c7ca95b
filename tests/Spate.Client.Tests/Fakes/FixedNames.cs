using System.Net;
using System.Net.Sockets;
using Spate.Client.Connections;

namespace Spate.Client.Tests.Fakes;

/// <summary>A resolver that knows the names that a test gives it.</summary>
internal sealed class FixedNames(Dictionary<string, IPAddress[]> names) : INameResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => names.TryGetValue(host, out var addresses)
        ? Task.FromResult(addresses)
        : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
}
