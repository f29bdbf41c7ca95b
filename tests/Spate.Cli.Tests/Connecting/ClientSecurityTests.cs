using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spate.Cli.Connecting;

namespace Spate.Cli.Tests.Connecting;

public sealed class ClientSecurityTests
{
    [Theory]
    [InlineData("sasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"al\\\\\"ice\" password=\"a b;c\";", "PLAIN as al\"ice")]
    [InlineData("sasl.mechanism=SCRAM-SHA-512\nsasl.username=bob\nsasl.password=secret", "SCRAM-SHA-512 as bob")]
    [InlineData("sasl.mechanisms=SCRAM-SHA-256\nsasl.jaas.config=module required password=secret username=carol;", "SCRAM-SHA-256 as carol")]
    public void Names_and_passwords_are_read_as_Kafka_and_librdkafka_write_them(string text, string expected)
    {
        var properties = new ClientProperties("client.properties", $"security.protocol=SASL_PLAINTEXT\n{text}\n");
        var (_, sasl) = ClientSecurity.Read(properties);
        properties.ThrowIfFaulty();
        Assert.Equal(expected, sasl!.ToString());
    }

    [Fact]
    public void Certificates_are_read_as_PEM_and_as_PKCS_12()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var directory = Directory.CreateTempSubdirectory("spate-cli-");
        try
        {
            File.WriteAllText(Path.Combine(directory.FullName, "trust.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(directory.FullName, "own.pem"), $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
            File.WriteAllBytes(Path.Combine(directory.FullName, "own.p12"), certificate.Export(X509ContentType.Pkcs12, "secret"));
            foreach (var keystore in new[] { "ssl.keystore.location=own.pem", "ssl.keystore.location=own.p12\nssl.keystore.password=secret" })
            {
                var properties = new ClientProperties(Path.Combine(directory.FullName, "client.properties"), $"ssl.truststore.location=trust.pem\n{keystore}\n");
                var options = TlsProperties.Read(properties);
                properties.ThrowIfFaulty();
                Assert.Equal(certificate.Thumbprint, Assert.Single(options.CertificateChainPolicy!.CustomTrustStore).Thumbprint);
                Assert.True(Assert.IsType<X509Certificate2>(Assert.Single(options.ClientCertificates!)).HasPrivateKey);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
