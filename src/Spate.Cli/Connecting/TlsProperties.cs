using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Spate.Cli.Connecting;

/// <summary>What a properties file says of TLS. Certificates are read as PEM and PKCS #12; Java's own keystores are told apart and named.</summary>
internal static class TlsProperties
{
    private const uint JavaKeystoreMark = 0xFEEDFEED;

    public static SslClientAuthenticationOptions Read(ClientProperties properties)
    {
        var options = new SslClientAuthenticationOptions();
        if (Trusted(properties) is { Count: > 0 } trusted)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        if (Own(properties) is { } own)
        {
            options.ClientCertificates = [own];
        }

        // Kafka's way to say that the name need not be the certificate's.
        if (properties.Keys.Contains("ssl.endpoint.identification.algorithm", StringComparer.Ordinal)
            && properties.Find("ssl.endpoint.identification.algorithm") is null or "none")
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        }

        return options;
    }

    private static X509Certificate2Collection? Trusted(ClientProperties properties) => Try(properties, "ssl.truststore", () =>
    {
        var certificates = new X509Certificate2Collection();
        if (properties.Find("ssl.truststore.certificates") is { } text)
        {
            certificates.ImportFromPem(text);
        }
        else if ((properties.ReadFile("ssl.ca.location") ?? properties.ReadFile("ssl.truststore.location")) is { } bytes)
        {
            if (IsPem(bytes))
            {
                certificates.ImportFromPem(Encoding.UTF8.GetString(bytes));
            }
            else if (IsReadable(properties, "ssl.truststore.location", bytes))
            {
                certificates = X509CertificateLoader.LoadPkcs12Collection(bytes, properties.Find("ssl.truststore.password"));
            }
        }

        return certificates;
    });

    private static X509Certificate2? Own(ClientProperties properties) => Try(properties, "ssl.keystore", () =>
    {
        var password = properties.Find("ssl.key.password");
        var chain = properties.Find("ssl.keystore.certificate.chain") ?? Text(properties.ReadFile("ssl.certificate.location"));
        var key = properties.Find("ssl.keystore.key") ?? Text(properties.ReadFile("ssl.key.location"));
        if (properties.ReadFile("ssl.keystore.location") is { } bytes)
        {
            if (!IsPem(bytes))
            {
                return IsReadable(properties, "ssl.keystore.location", bytes) ? X509CertificateLoader.LoadPkcs12(bytes, properties.Find("ssl.keystore.password")) : null;
            }

            chain = key = Encoding.UTF8.GetString(bytes);
        }

        return chain is null || key is null ? null
            : password is null ? X509Certificate2.CreateFromPem(chain, key)
            : X509Certificate2.CreateFromEncryptedPem(chain, key, password);
    });

    private static T? Try<T>(ClientProperties properties, string what, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CryptographicException failure)
        {
            properties.Fault($"What {what}.* names cannot be read: {failure.Message.TrimEnd('.')}. Check the file and its password; PEM and PKCS #12 are understood.");
            return null;
        }
    }

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static bool IsReadable(ClientProperties properties, string key, byte[] bytes)
    {
        var isJava = bytes.Length > 4 && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) == JavaKeystoreMark;
        if (isJava)
        {
            properties.Fault($"{key} is a keystore that only Java reads; type: keytool -importkeystore -srckeystore {properties.Find(key)} -destkeystore store.p12 -deststoretype PKCS12");
        }

        return !isJava;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
