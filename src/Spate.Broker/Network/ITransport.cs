using System.Net;

namespace Spate.Broker.Network;

/// <summary>
/// Bytes to and from one client: a socket, TLS over a socket, or memory in a test. One reader and one writer may use it at the same time.
/// When the peer is gone, or after <see cref="Abort"/>, operations throw an <see cref="IOException"/>,
/// <see cref="System.Net.Sockets.SocketException"/> or <see cref="ObjectDisposedException"/>.
/// </summary>
internal interface ITransport : IDisposable
{
    /// <summary>The client's address, or null when there is none.</summary>
    EndPoint? ClientEndPoint { get; }

    /// <summary>Takes what has arrived, without waiting.</summary>
    /// <param name="destination">Where to, at least one byte.</param>
    /// <param name="received">Bytes taken; 0 with a return of true when the client sends no more.</param>
    /// <returns>False when nothing is there now.</returns>
    bool TryReceive(Span<byte> destination, out int received);

    /// <summary>Waits for bytes and takes them; 0 when the client sends no more. With an empty destination it only waits until there are some.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> destination);

    /// <summary>Sends all of the bytes; completes when the transport no longer needs the memory.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends receiving from this side: a pending receive completes, with whatever result. Sending goes on.</summary>
    void StopReceiving();

    /// <summary>Tells the client that no more will be sent, after all that was.</summary>
    void FinishSending();

    /// <summary>Cuts the connection; what was not delivered is dropped. Pending operations fail. From any thread, any number of times.</summary>
    void Abort();
}
