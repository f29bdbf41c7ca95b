using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spate.Client.Connections;
using Spate.Client.Tests.Fakes;

namespace Spate.Client.Tests.Connections;

public sealed class TlsSecurityTests
{
    [Fact]
    public async Task A_server_that_is_trusted_is_talked_to_by_the_name_that_was_asked_for()
    {
        string? name = null;
        await TalkAsync(
            new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (sender, certificate, _, _) =>
                {
                    name = ((SslStream)sender).TargetHostName;
                    return certificate?.Subject == "CN=kafka.test";
                },
            },
            async dialing =>
            {
                await using var stream = await dialing;
                await stream.WriteAsync("hello"u8.ToArray());
                var echo = new byte[5];
                await stream.ReadExactlyAsync(echo);
                Assert.Equal("hello"u8.ToArray(), echo);
            });
        Assert.Equal("kafka.test", name);
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_refused_with_what_to_check()
    {
        await TalkAsync(new SslClientAuthenticationOptions(), async dialing =>
        {
            var failure = await Assert.ThrowsAsync<KafkaAuthenticationException>(() => dialing);
            Assert.False(failure.IsRetriable);
            Assert.Contains("The TLS handshake with kafka.test:", failure.Message, StringComparison.Ordinal);
            Assert.Contains("trusted here", failure.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listener_without_TLS_is_told_of_as_such(bool isReset)
    {
        using var listener = Listen();
        var closing = CloseOneAsync(listener, isReset);

        var failure = await Assert.ThrowsAsync<KafkaConnectionException>(() => Dial(listener, new SslClientAuthenticationOptions()).OrTimeout("the handshake"));
        await closing.OrTimeout("the server to end");

        Assert.Contains($"The connection to kafka.test:{Port(listener)} ended in the middle of the TLS handshake", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Check that the port is a TLS listener.", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsRetriable);
    }

    private static async Task TalkAsync(SslClientAuthenticationOptions tls, Func<Task<Stream>, Task> talk)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=kafka.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = Listen();
        var serving = ServeAsync(listener, certificate);

        await talk(Dial(listener, tls)).OrTimeout("the handshake");
        await serving.OrTimeout("the server to end");
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static Task<Stream> Dial(Socket listener, SslClientAuthenticationOptions tls)
    {
        var options = new KafkaClientOptions
        {
            BootstrapServers = $"kafka.test:{Port(listener)}",
            Security = new TlsSecurity(tls),
            NameResolver = new FixedNames(new() { ["kafka.test"] = [IPAddress.Loopback] }),
        };
        return new Dialer(options, "kafka.test:9092").DialAsync(new ServerAddress("kafka.test", Port(listener)), default);
    }

    /// <summary>Does with a greeting what a broker does whose listener knows no TLS: reads a bit of it, and hangs up.</summary>
    private static async Task CloseOneAsync(Socket listener, bool isReset)
    {
        using var socket = await listener.AcceptAsync();
        var greeting = new byte[4096];
        Assert.True(await socket.ReceiveAsync(isReset ? greeting.AsMemory(0, 4) : greeting) > 0);
        if (isReset)
        {
            socket.LingerState = new LingerOption(true, 0);
        }
    }

    private static async Task ServeAsync(Socket listener, X509Certificate2 certificate)
    {
        using var socket = await listener.AcceptAsync();
        await using var stream = new SslStream(new NetworkStream(socket));
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            var bytes = new byte[5];
            await stream.ReadExactlyAsync(bytes);
            await stream.WriteAsync(bytes);
        }
        catch (Exception end) when (end is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not like the certificate.
        }
    }
}
