using System.Net;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Network;

/// <summary>Who is at the other end of a connection. One instance lives as long as its connection.</summary>
/// <param name="id">Number of the connection, unique within its listener.</param>
/// <param name="listenerName">Name of the listener that accepted it.</param>
/// <param name="clientEndPoint">The client's address, or null where the transport has none.</param>
/// <param name="closed">Cancelled when the connection closes.</param>
public sealed class ConnectionContext(long id, string listenerName, EndPoint? clientEndPoint, CancellationToken closed)
{
    /// <summary>Number of the connection, unique within its listener, from 1.</summary>
    public long Id { get; } = id;

    /// <summary>Name of the listener that accepted the connection.</summary>
    public string ListenerName { get; } = listenerName;

    /// <summary>The client's address and port, or null where the transport has none.</summary>
    public EndPoint? ClientEndPoint { get; } = clientEndPoint;

    /// <summary>Cancelled when the connection closes, for whatever reason: what waits on behalf of its client may give up.</summary>
    public CancellationToken Closed { get; } = closed;

    /// <summary>
    /// What the client is made of, as it said itself in ApiVersions, which is the first that clients ask since 2020. Set like
    /// <see cref="Session"/>, and may be read by any thread.
    /// </summary>
    public ClientSoftware ClientSoftware { get; set; } = ClientSoftware.Unknown;

    /// <summary>
    /// What the dispatcher remembers of the connection between requests, such as who has authenticated. The network never reads it. It is
    /// set in the synchronous part of a dispatch, which is ordered within a connection, so it needs no lock.
    /// </summary>
    public object? Session { get; set; }

    /// <summary>The client's address for people to read.</summary>
    public override string ToString() => ClientEndPoint?.ToString() ?? "unknown client";
}
