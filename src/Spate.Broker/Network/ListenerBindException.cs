using System.Net;
using System.Net.Sockets;

namespace Spate.Broker.Network;

/// <summary>A listener could not take its address. The message is one sentence for the operator: the address and the cause.</summary>
public sealed class ListenerBindException(string listenerName, IPEndPoint endPoint, Exception cause)
    : Exception($"Listener {listenerName} cannot listen on {endPoint}: {cause.Message}", cause)
{
    /// <summary>The address that was asked for.</summary>
    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary>Whether the machine has no such version of IP.</summary>
    public bool IsForWantOfTheFamily => InnerException is SocketException
    {
        SocketErrorCode: SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable or SocketError.ProtocolFamilyNotSupported,
    };
}
