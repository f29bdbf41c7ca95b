using Spate.Client.Connections;
using Spate.Client.Errors;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Authentication;

/// <summary>Proves to a broker over a connection who this client is: names the mechanism, then carries its messages to and fro.</summary>
internal sealed class SaslDialogue(BrokerConnection connection, SaslOptions options)
{
    /// <summary>From this version on the mechanism's messages go in requests (KIP-152); before it they go over the bare connection.</summary>
    private const short VersionWithRequests = 1;

    /// <summary>More messages than any mechanism has; a broker that goes on is not one.</summary>
    private const int MessagesMax = 8;

    /// <summary>Gets ready what takes time on this side and is nothing of the broker's, such as a token.</summary>
    /// <exception cref="KafkaAuthenticationException">There is nothing to prove it with.</exception>
    public async Task<(ISaslExchange Exchange, byte[] First)> PrepareAsync(CancellationToken cancellationToken)
    {
        var exchange = options.Begin();
        try
        {
            // A provider that does not heed the token keeps nobody else waiting.
            return (exchange, await exchange.BeginAsync(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new KafkaAuthenticationException(
                ErrorCode.SaslAuthenticationFailed, $"There are no credentials for broker {connection.Broker}: what was to give them for {options} threw {failure.GetType().Name}: {failure.Message}", failure)
            {
                Broker = connection.Broker,
                IsFatal = false,
                IsRetriable = true,
            };
        }
    }

    /// <summary>Speaks with the broker; no other request may go over the connection meanwhile.</summary>
    /// <returns>How long the broker will take the client for who it is; zero for as long as the connection is open.</returns>
    /// <exception cref="KafkaException">The broker refuses, or is not who it should be, or the connection failed.</exception>
    public async Task<TimeSpan> RunAsync(ISaslExchange exchange, byte[] first, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await AgreeAsync(timeout, cancellationToken).ConfigureAwait(false);
        var message = first;
        var lifetime = TimeSpan.Zero;
        for (var count = 0; message is not null; count++)
        {
            if (count == MessagesMax)
            {
                throw Refused(ErrorCode.SaslAuthenticationFailed, $"after {MessagesMax} messages it still was not done", null);
            }

            var version = connection.Versions.Choose(ApiKey.SaslAuthenticate);
            using var reply = await connection.SendForAuthenticationAsync(new SaslAuthenticateRequest { AuthBytes = message }, version, timeout, cancellationToken).ConfigureAwait(false);
            if (reply.Message.ErrorCode != ErrorCode.None)
            {
                throw Refused(reply.Message.ErrorCode, $"it answers {ErrorCatalog.NameOf(reply.Message.ErrorCode)}{(string.IsNullOrWhiteSpace(reply.Message.ErrorMessage) ? "" : $", \"{Sentence.WithoutStop(reply.Message.ErrorMessage)}\"")}", null);
            }

            try
            {
                message = exchange.Answer(reply.Message.AuthBytes.Span);
            }
            catch (SaslRefusalException refusal)
            {
                throw Refused(ErrorCode.SaslAuthenticationFailed, refusal.Message, refusal);
            }

            lifetime = TimeSpan.FromMilliseconds(reply.Message.SessionLifetimeMs);
        }

        return lifetime;
    }

    private async Task AgreeAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!connection.Versions.Offers(ApiKey.SaslHandshake))
        {
            throw NotAsked();
        }

        var version = connection.Versions.Choose(ApiKey.SaslHandshake);
        if (version < VersionWithRequests || !connection.Versions.Offers(ApiKey.SaslAuthenticate))
        {
            throw new KafkaException(ErrorCode.UnsupportedVersion, $"Broker {connection.Broker} is too old for SASL as this client speaks it. {NextSteps.For(ErrorCode.UnsupportedVersion)}") { Broker = connection.Broker };
        }

        using var reply = await connection.SendForAuthenticationAsync(new SaslHandshakeRequest { Mechanism = options.Mechanism }, version, timeout, cancellationToken).ConfigureAwait(false);
        switch (reply.Message.ErrorCode)
        {
            case ErrorCode.None:
                return;
            case ErrorCode.UnsupportedSaslMechanism:
                throw new KafkaAuthenticationException(
                    ErrorCode.UnsupportedSaslMechanism,
                    $"Broker {connection.Broker} does not take {options.Mechanism}; it offers {(reply.Message.Mechanisms.Count == 0 ? "nothing else" : string.Join(", ", reply.Message.Mechanisms))}. Choose one of those in KafkaClientOptions.Sasl, or another listener.")
                {
                    Broker = connection.Broker,
                };
            case ErrorCode.IllegalSaslState:
                throw NotAsked();
            default:
                throw BrokerFailure.Of(reply.Message.ErrorCode, ApiKey.SaslHandshake, connection.Broker);
        }
    }

    private KafkaAuthenticationException NotAsked() => new(
        ErrorCode.IllegalSaslState, $"Broker {connection.Broker} does not ask for SASL on this listener. Take the port of one that does, or leave KafkaClientOptions.Sasl out.")
    {
        Broker = connection.Broker,
    };

    private KafkaAuthenticationException Refused(ErrorCode code, string reason, Exception? inner) => new(
        code, $"Broker {connection.Broker} did not accept {options}: {Sentence.Of(reason)} Check the user name and the password or the token, and that the broker knows the user for this mechanism.", inner)
    {
        Broker = connection.Broker,
    };
}
