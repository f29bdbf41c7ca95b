namespace Spate.Client.Connections;

/// <summary>No protection at all. Kafka: <c>security.protocol=PLAINTEXT</c>.</summary>
public sealed class PlaintextSecurity : IStreamSecurity
{
    private PlaintextSecurity()
    {
    }

    /// <summary>The one there is.</summary>
    public static PlaintextSecurity Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<Stream> SecureAsync(Stream transport, ServerAddress server, CancellationToken cancellationToken) => new(transport);
}
