using Spate.Protocol.Messages;

namespace Spate.Broker.Requests;

/// <summary>
/// Answers the requests of one API, for every connection at once. A handler runs in the order of a connection's requests up to its first
/// await: what must be seen in that order (an append, a join) happens before it.
/// </summary>
public interface IRequestHandler
{
    ApiKey Key { get; }

    /// <summary>The oldest version that is served.</summary>
    short LowestVersion { get; }

    /// <summary>The newest version that is served.</summary>
    short HighestVersion { get; }

    /// <summary>Reads the body, does what it asks and gives the reply, or null where the client expects none.</summary>
    /// <param name="body">The request behind its header. Valid until the task completes.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellation">Cancelled when nobody waits for the reply any more.</param>
    ValueTask<IMessage?> HandleAsync(ReadOnlyMemory<byte> body, RequestContext context, CancellationToken cancellation);
}
