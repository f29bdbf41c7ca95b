namespace Spate.Broker.Network;

/// <summary>What stands behind a listener: it takes each complete request frame and answers it. Called for many connections at once.</summary>
public interface IRequestDispatcher
{
    /// <summary>
    /// Takes one request. Requests of one connection are handed over one after the other, in the order of their arrival: the request is run
    /// up to its ordering point before this method returns, and only what may overlap with the connection's next request happens inside the
    /// returned task. Replies leave in the order of the requests, whatever the order in which the tasks complete.
    /// </summary>
    /// <param name="frame">
    /// The request. Its bytes are valid until the returned task completes, whereupon the connection disposes it; a dispatcher that waits
    /// without needing the bytes should dispose it before.
    /// </param>
    /// <param name="connection">Who asked.</param>
    /// <param name="closed">Cancelled when the connection closes; nobody will read the reply then.</param>
    /// <returns>The reply, which the connection disposes, or null when the client expects none.</returns>
    /// <remarks>
    /// The reply may be sent on the thread that completes the task, so a dispatcher completes it outside its locks or asynchronously.
    /// <see cref="ConnectionProtocolException"/>, thrown or in the task, closes the connection with a warning; any other exception closes
    /// it with an error. Replies to the requests before are sent first in both cases.
    /// </remarks>
    ValueTask<OutgoingFrame?> DispatchAsync(RequestFrame frame, ConnectionContext connection, CancellationToken closed);
}
