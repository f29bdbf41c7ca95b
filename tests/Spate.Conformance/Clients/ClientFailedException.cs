namespace Spate.Conformance.Clients;

/// <summary>A client reported an error, or fell silent.</summary>
internal sealed class ClientFailedException(string client, string command, string error, string trace)
    : Exception($"{client} failed to {command}: {error}\nIts standard error ended with:\n{trace}")
{
    /// <summary>The client's own words.</summary>
    public string Error { get; } = error;
}
