using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>A request that a client has sent, as a <see cref="FaultScope"/> sees it.</summary>
/// <param name="Version">The version that the client has chosen.</param>
/// <param name="ClientId">The client's own name for itself; empty when it gave none.</param>
/// <param name="Message">What it asks. Bytes and records in it are the connection's, and are good until the predicate returns.</param>
public sealed record FaultedRequest(short Version, string ClientId, IRequestMessage Message)
{
    /// <summary>The API.</summary>
    public ApiKey ApiKey => Message.ApiKey;

    /// <summary>The names of the topics that it is about, where the broker knows them.</summary>
    public required IReadOnlyCollection<string> Topics { get; init; }

    internal int CorrelationId { get; init; }
}
