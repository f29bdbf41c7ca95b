using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Spate.Broker.Network;

/// <summary>
/// A connected TCP socket. The socket does not block, so that a synchronous receive takes what is there; it costs one system call where an
/// asynchronous one with nothing to take costs a registration too.
/// </summary>
internal sealed partial class SocketTransport : IFileTransport
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    private readonly Socket _socket;

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
        ClientEndPoint = socket.RemoteEndPoint;
    }

    public EndPoint? ClientEndPoint { get; }

    /// <summary>Whether the system asks a silent client now and then whether it is still there.</summary>
    internal bool KeepsAlive =>
        (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0
        && (int)_socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)! == SocketAcceptor.KeepAliveSeconds;

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

    public bool CanSendFiles => OperatingSystem.IsLinux();

    public bool TrySendFile(SafeFileHandle file, long position, int count, out int sent)
    {
        nint result;
        int error;
        do
        {
            result = SendFile(_socket.SafeHandle, file, ref position, count);
            error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);

        sent = (int)Math.Max(0, result);
        return error switch
        {
            0 when sent > 0 => true,
            0 => throw new EndOfStreamException("The file ends before the bytes that were to be sent."),
            WouldBlock => false,
            _ => throw new IOException($"Sending from a file failed: {Marshal.GetPInvokeErrorMessage(error)}."),
        };
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

    // The framework sends whole files only, and waits; this takes what there is room for from where it is told.
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(SafeHandle socket, SafeFileHandle file, ref long position, nint count);
}
