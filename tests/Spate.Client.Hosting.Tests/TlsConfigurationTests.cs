using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Spate.Client.Hosting.Configuration;

namespace Spate.Client.Hosting.Tests;

public sealed class TlsConfigurationTests : IDisposable
{
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset Tomorrow = DateTimeOffset.UtcNow.AddDays(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("spate-tls-").FullName;
    private readonly X509Certificate2 _authority = Authority();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("Security=SSL", "Tls:CaFile=ca", "Tls:CertificateFile=certificate", "Tls:KeyFile=key")]
    [InlineData("security.protocol=SSL", "ssl.truststore.location=ca", "ssl.keystore.location=both")]
    [InlineData("security.protocol=SSL", "ssl.ca.location=ca", "ssl.certificate.location=certificate", "ssl.key.location=locked", "ssl.key.password=secret")]
    public async Task Client_and_server_know_each_other_by_the_files_that_are_named(params string[] entries)
    {
        WriteFiles();
        using var server = Signed("localhost");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, server);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var end = (IPEndPoint)listener.LocalEndpoint;
        await socket.ConnectAsync(end);

        var security = Read(entries).Security;
        await using var stream = await security.SecureAsync(new NetworkStream(socket), new ServerAddress("localhost", end.Port), CancellationToken.None).AsTask().OrTimeout("the handshake");

        Assert.Equal("CN=shop", await serving.OrTimeout("the server's side of it"));
    }

    [Theory]
    [InlineData("Kafka:Tls:CaFile is 'DIR/none', which cannot be read: ", "Security=SSL", "Tls:CaFile=none")]
    [InlineData("Kafka:Tls:CaFile is 'DIR/key', which holds no certificate in PEM", "Security=SSL", "Tls:CaFile=key")]
    [InlineData("Kafka:Tls:CertificateFile is 'DIR/certificate', which cannot be used: ", "Security=SSL", "Tls:CertificateFile=certificate")]
    [InlineData("Kafka:ssl.keystore.location is 'DIR/certificate', which cannot be used: ", "Security=SSL", "ssl.keystore.location=certificate", "ssl.key.location=locked", "ssl.key.password=wrong")]
    [InlineData("Kafka:Tls:CertificateFile, or Kafka:ssl.keystore.location, must name the client's certificate", "Security=SSL", "Tls:KeyFile=key")]
    [InlineData("must be SSL or SASL_SSL where certificates are named, and says nothing.", "Tls:CaFile=ca")]
    [InlineData("must be SSL or SASL_SSL where certificates are named, and is 'SASL_PLAINTEXT'.", "Security=SASL_PLAINTEXT", "Sasl:Mechanism=PLAIN", "Sasl:Username=a", "Sasl:Password=b", "ssl.ca.location=ca")]
    [InlineData("Kafka:Tls:Ca is no setting of Tls; there are CaFile, CertificateFile, KeyFile, KeyPassword.", "Security=SSL", "Tls:Ca=ca")]
    [InlineData("Kafka:ssl.truststore.password is not read; there are ssl.truststore.location,", "Security=SSL", "ssl.truststore.password=secret")]
    public void What_cannot_be_used_is_told_by_its_place_and_without_secrets(string fault, params string[] entries)
    {
        WriteFiles();
        var failure = Assert.Throws<OptionsValidationException>(() => Read(entries));

        Assert.Contains(fault.Replace("DIR", _directory, StringComparison.Ordinal), Assert.Single(failure.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var socket = await listener.AcceptSocketAsync();
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
        });
        return stream.RemoteCertificate?.Subject;
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(Yesterday, Tomorrow);
    }

    private X509Certificate2 Signed(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(_authority, Yesterday.AddHours(1), Tomorrow.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        using var own = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
    }

    private void WriteFiles()
    {
        using var key = RSA.Create(2048);
        using var shop = new CertificateRequest("CN=shop", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(_authority, Yesterday.AddHours(1), Tomorrow.AddHours(-1), [1]);
        Write("ca", _authority.ExportCertificatePem());
        Write("certificate", shop.ExportCertificatePem());
        Write("key", key.ExportPkcs8PrivateKeyPem());
        Write("both", $"{key.ExportPkcs8PrivateKeyPem()}\n{shop.ExportCertificatePem()}\n");
        Write("locked", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_directory, file), text);

    /// <summary>Values of entries that name files are names in this test's directory.</summary>
    private KafkaClientOptions Read(string[] entries)
    {
        var settings = entries.Select(static entry => entry.Split('=', 2)).Select(
            parts => KeyValuePair.Create($"Kafka:{parts[0]}", (string?)(parts[0].EndsWith("File", StringComparison.Ordinal) || parts[0].EndsWith(".location", StringComparison.Ordinal) ? Path.Combine(_directory, parts[1]) : parts[1])));
        return ClientSection.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Kafka"), new KafkaClientOptions { BootstrapServers = "" });
    }
}
