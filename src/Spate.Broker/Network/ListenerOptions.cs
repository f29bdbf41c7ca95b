using System.Net;

namespace Spate.Broker.Network;

/// <summary>Where a listener listens and how its sockets are set up. Immutable.</summary>
public sealed record ListenerOptions
{
    /// <summary>The name by which configuration and the connections refer to this listener, such as PLAINTEXT.</summary>
    public required string Name { get; init; }

    /// <summary>The address to bind. Port 0 takes a free one, which <see cref="Listener.EndPoint"/> then tells.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>
    /// Connections that may wait to be accepted (<c>socket.listen.backlog.size</c>). Kafka's default of 50 drops the handshakes of a fleet
    /// that reconnects at once, and a dropped handshake costs its client a second; an entry that is not used costs nothing. Hence the
    /// default of 4096, which is also where Linux caps it (<c>net.core.somaxconn</c>).
    /// </summary>
    public int BacklogSize { get; init; } = 4096;

    /// <summary>The kernel's send buffer in bytes (<c>socket.send.buffer.bytes</c>); -1 leaves it to the kernel. Default 102400.</summary>
    public int SendBufferBytes { get; init; } = 102_400;

    /// <summary>
    /// The kernel's receive buffer in bytes (<c>socket.receive.buffer.bytes</c>); -1 leaves it to the kernel, which lets it grow with the
    /// connection's speed. Default -1, not Kafka's 102400: a fixed buffer that small wakes the broker for every hundred kilobytes, and the
    /// awakenings cost as much processor time as the bytes.
    /// </summary>
    public int ReceiveBufferBytes { get; init; } = -1;

    /// <summary>Whether other brokers come by this listener: they are let in over the broker's bound on connections.</summary>
    public bool IsInterBroker { get; init; }

    /// <summary>How many connections this listener lets in, asked for each of them. By default there is no bound.</summary>
    public Func<ListenerBounds> Bounds { get; init; } = static () => ListenerBounds.None;

    /// <summary>What each connection may take.</summary>
    public ConnectionLimits Limits { get; init; } = ConnectionLimits.Default;
}
