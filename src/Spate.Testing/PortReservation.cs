using System.Net;
using System.Net.Sockets;

namespace Spate.Testing;

/// <summary>
/// Keeps a port of the loopback interface for a broker that is down and will come back: bound but not listening, so that a client
/// is refused as it would be by a machine whose broker has ended, while nobody else is given the port.
/// </summary>
internal sealed class PortReservation : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <exception cref="SocketException">Somebody else has taken the port.</exception>
    public PortReservation(int port)
    {
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();
}
