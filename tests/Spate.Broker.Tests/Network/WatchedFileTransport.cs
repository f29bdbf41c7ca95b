using System.Net;
using Microsoft.Win32.SafeHandles;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>A socket's transport that tells when the system took bytes from a file, and when it had no room for more.</summary>
internal sealed class WatchedFileTransport(SocketTransport socket) : IFileTransport
{
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the socket was full for the first time.</summary>
    public Task Full => _full.Task;

    /// <summary>Whether the system fails to send from files.</summary>
    public bool Refuses { get; set; }

    public long SentFromFile { get; private set; }

    public EndPoint? ClientEndPoint => socket.ClientEndPoint;

    public bool CanSendFiles => socket.CanSendFiles;

    public bool TrySendFile(SafeFileHandle file, long position, int count, out int sent)
    {
        if (Refuses)
        {
            throw new IOException("The system cannot send from this file.");
        }

        var isSent = socket.TrySendFile(file, position, count, out sent);
        SentFromFile += sent;
        if (!isSent)
        {
            _full.TrySetResult();
        }

        return isSent;
    }

    public bool TryReceive(Span<byte> destination, out int received) => socket.TryReceive(destination, out received);

    public ValueTask<int> ReceiveAsync(Memory<byte> destination) => socket.ReceiveAsync(destination);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes);

    public void StopReceiving() => socket.StopReceiving();

    public void FinishSending() => socket.FinishSending();

    public void Abort() => socket.Abort();

    public void Dispose() => socket.Dispose();
}
