using System.Net;
using System.Net.Sockets;

namespace Spate.Broker.Network;

/// <summary>A listening TCP socket.</summary>
internal sealed class SocketAcceptor : IAcceptor
{
    /// <summary>How long a connection is silent before the system asks whether the other end is still there: the system's own two hours are too long.</summary>
    public const int KeepAliveSeconds = 300;

    /// <summary>How long it waits for each answer.</summary>
    public const int KeepAliveProbeSeconds = 15;

    /// <summary>How many times it asks before the connection is taken for cut.</summary>
    public const int KeepAliveProbes = 4;

    private const int KernelDecides = -1;
    private readonly Socket _socket;

    private SocketAcceptor(Socket socket) => _socket = socket;

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <exception cref="ListenerBindException">The address cannot be had.</exception>
    public static SocketAcceptor Bind(ListenerOptions options)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (options.EndPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // Accepted sockets inherit the sizes, and the window that is offered in the handshake depends on them: they are set here or too late.
            if (options.SendBufferBytes != KernelDecides)
            {
                socket.SendBufferSize = options.SendBufferBytes;
            }

            if (options.ReceiveBufferBytes != KernelDecides)
            {
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            }

            // Inherited as well. Without it a machine that lost its power would hold what waits for records or for a group until something is
            // sent to it.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
            socket.Bind(options.EndPoint);
            socket.Listen(options.BacklogSize);
            return new SocketAcceptor(socket);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new ListenerBindException(options.Name, options.EndPoint, exception);
        }
    }

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken)
    {
        var socket = await _socket.AcceptAsync(cancellationToken);
        try
        {
            return new SocketTransport(socket);
        }
        catch (SocketException)
        {
            // The client is gone before its socket is set up; the system has several names for that.
            socket.Dispose();
            throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    public void Dispose() => _socket.Dispose();
}
