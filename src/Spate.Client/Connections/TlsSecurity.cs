using System.Net.Security;
using System.Security.Authentication;
using Spate.Client.Errors;
using Spate.Protocol.Errors;

namespace Spate.Client.Connections;

/// <summary>TLS: the server shows a certificate for the name that was connected to, and the client shows one if it has any. Kafka: <c>security.protocol=SSL</c>.</summary>
public sealed class TlsSecurity : IStreamSecurity
{
    private readonly SslClientAuthenticationOptions _options;

    /// <param name="options">
    /// Certificates, protocols and checks; not to be changed afterwards. <see cref="SslClientAuthenticationOptions.TargetHost"/> may stay
    /// empty: the name that is connected to is taken then. Null for the system's trust and no certificate of the client.
    /// </param>
    public TlsSecurity(SslClientAuthenticationOptions? options = null) => _options = options ?? new SslClientAuthenticationOptions();

    /// <inheritdoc/>
    public async ValueTask<Stream> SecureAsync(Stream transport, ServerAddress server, CancellationToken cancellationToken)
    {
        var stream = new SslStream(transport, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(For(server), cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (AuthenticationException refused)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new KafkaAuthenticationException(
                ErrorCode.SaslAuthenticationFailed,
                $"The TLS handshake with {server} failed: {refused.Message} Check that the port is a TLS listener, that the server's certificate names "
                + "this host and is trusted here, and that the client's certificate is the right one.",
                refused)
            {
                Broker = server.ToString(),
            };
        }
        catch (IOException cut)
        {
            // A listener without TLS takes the greeting for a request that is far too long, and closes.
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new KafkaConnectionException(
                $"The connection to {server} ended in the middle of the TLS handshake: {Sentence.Of(cut.Message)} Check that the port is a TLS listener.",
                cut)
            {
                Broker = server.ToString(),
            };
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private SslClientAuthenticationOptions For(ServerAddress server) => new()
    {
        AllowRenegotiation = _options.AllowRenegotiation,
        AllowTlsResume = _options.AllowTlsResume,
        ApplicationProtocols = _options.ApplicationProtocols,
        CertificateChainPolicy = _options.CertificateChainPolicy,
        CertificateRevocationCheckMode = _options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = _options.CipherSuitesPolicy,
        ClientCertificateContext = _options.ClientCertificateContext,
        ClientCertificates = _options.ClientCertificates,
        EnabledSslProtocols = _options.EnabledSslProtocols,
        EncryptionPolicy = _options.EncryptionPolicy,
        LocalCertificateSelectionCallback = _options.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = _options.RemoteCertificateValidationCallback,
        TargetHost = string.IsNullOrEmpty(_options.TargetHost) ? server.Host : _options.TargetHost,
    };
}
