using System.Net;

namespace Spate.Broker.Network;

/// <summary>Where new connections come from.</summary>
internal interface IAcceptor : IDisposable
{
    /// <summary>The address that clients reach, with the real port.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>Waits for the next client.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">This one could not be had, such as for want of file handles.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken);
}
