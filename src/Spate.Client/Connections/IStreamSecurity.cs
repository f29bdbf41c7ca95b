namespace Spate.Client.Connections;

/// <summary>
/// What is laid over a fresh connection before the first request: nothing, TLS, or a dialogue that proves who the client is. One instance serves
/// all connections of a client and must be safe for use by several threads at once.
/// </summary>
public interface IStreamSecurity
{
    /// <summary>Takes over a connected stream and gives the one to talk through. The time is bounded by <see cref="KafkaClientOptions.ConnectionSetupTimeout"/>.</summary>
    /// <param name="transport">The connection; disposed by the caller when this throws, and by disposing what is returned otherwise.</param>
    /// <param name="server">Who was connected to, by the name that was asked for.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="KafkaException">The server is not who it should be, or refuses the client; tell by <see cref="KafkaException.IsRetriable"/> whether trying again makes sense.</exception>
    ValueTask<Stream> SecureAsync(Stream transport, ServerAddress server, CancellationToken cancellationToken);
}
