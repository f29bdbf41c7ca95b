using System.Net;
using System.Net.Sockets;

namespace Spate.Broker.Network;

/// <summary>
/// A connected TCP socket. The socket does not block, so that a synchronous receive takes what is there; it costs one system call where an
/// asynchronous one with nothing to take costs a registration too.
/// </summary>
internal sealed class SocketTransport : ITransport
{
    private readonly Socket _socket;

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
        ClientEndPoint = socket.RemoteEndPoint;
    }

    public EndPoint? ClientEndPoint { get; }

    public bool TryReceive(Span<byte> destination, out int received)
    {
        received = _socket.Receive(destination, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => true,
            SocketError.WouldBlock => false,
            _ => throw new SocketException((int)error),
        };
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> destination) => _socket.ReceiveAsync(destination, SocketFlags.None);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        // A stream socket completes a send when everything was taken, so the count says nothing.
        var sending = _socket.SendAsync(bytes, SocketFlags.None);
        if (sending.IsCompletedSuccessfully)
        {
            _ = sending.Result;
            return ValueTask.CompletedTask;
        }

        return AwaitAsync(sending);
    }

    public void StopReceiving() => Shutdown(SocketShutdown.Receive);

    public void FinishSending() => Shutdown(SocketShutdown.Send);

    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The socket is gone already, which is what was wanted.
        }

        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static async ValueTask AwaitAsync(ValueTask<int> sending) => await sending;

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster; the reader or the writer finds out by itself.
        }
    }
}
