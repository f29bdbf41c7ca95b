using System.Net;

namespace Spate.Broker.Network;

/// <summary>A listener could not take its address. The message is one sentence for the operator: the address and the cause.</summary>
public sealed class ListenerBindException(string listenerName, IPEndPoint endPoint, Exception cause)
    : Exception($"Listener {listenerName} cannot listen on {endPoint}: {cause.Message}", cause)
{
    /// <summary>The address that was asked for.</summary>
    public IPEndPoint EndPoint { get; } = endPoint;
}
