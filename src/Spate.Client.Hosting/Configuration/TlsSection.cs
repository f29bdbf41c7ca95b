using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Spate.Client.Connections;

namespace Spate.Client.Hosting.Configuration;

/// <summary>
/// Reads whom the client trusts and what it shows of itself, out of PEM files: <c>CaFile</c>, <c>CertificateFile</c>, <c>KeyFile</c> and <c>KeyPassword</c> in a section <c>Tls</c>, or
/// Kafka's <c>ssl.truststore.location</c>, <c>ssl.keystore.location</c> and <c>ssl.key.password</c> (librdkafka's <c>ssl.ca.location</c>, <c>ssl.certificate.location</c> and
/// <c>ssl.key.location</c>) beside the client's own keys. No fault shows a secret.
/// </summary>
internal static class TlsSection
{
    public const string Name = "Tls";

    private const string Prefix = "ssl.";
    private static readonly string[] Properties = ["CaFile", "CertificateFile", "KeyFile", "KeyPassword"];
    private static readonly string[] Keys = ["ssl.truststore.location", "ssl.ca.location", "ssl.keystore.location", "ssl.certificate.location", "ssl.key.location", "ssl.key.password"];

    /// <summary>Whether an entry of a client's section is read here.</summary>
    public static bool Holds(IConfigurationSection entry) =>
        entry.Key.StartsWith(Prefix, StringComparison.Ordinal) || (entry.Value is null && entry.Key.Equals(Name, StringComparison.OrdinalIgnoreCase));

    /// <returns>Null where nothing is said of it, or what is said cannot be used.</returns>
    public static TlsSecurity? Read(IConfiguration section, ICollection<string> faults)
    {
        if (!section.GetChildren().Any(Holds))
        {
            return null;
        }

        var before = faults.Count;
        var place = section is IConfigurationSection { Path: var path } ? $"{path}:" : "";
        var protocol = section["Security"] ?? section["security.protocol"];
        if (protocol?.Trim().EndsWith("SSL", StringComparison.OrdinalIgnoreCase) is not true)
        {
            // Kafka's clients leave it out then, in silence.
            faults.Add($"{place}Security, or {place}security.protocol, must be SSL or SASL_SSL where certificates are named, and {(protocol is null ? "says nothing" : $"is '{protocol}'")}.");
        }

        foreach (var stranger in section.GetSection(Name).GetChildren().Where(static entry => !Properties.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
        {
            faults.Add($"{stranger.Path} is no setting of {Name}; there are {string.Join(", ", Properties)}.");
        }

        foreach (var stranger in section.GetChildren().Where(static entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal) && !Keys.Contains(entry.Key, StringComparer.Ordinal)))
        {
            faults.Add(
                $"{stranger.Path} is not read; there are {string.Join(", ", Keys)}, for files in PEM. Anything else of TLS takes code: Configure(options => options with {{ Security = new TlsSecurity(...) }}).");
        }

        var options = new SslClientAuthenticationOptions();
        Trust(options, Find(section, "CaFile", "ssl.truststore.location", "ssl.ca.location"), faults);
        Show(
            options,
            place,
            Find(section, "CertificateFile", "ssl.keystore.location", "ssl.certificate.location"),
            Find(section, "KeyFile", "ssl.key.location"),
            Find(section, "KeyPassword", "ssl.key.password")?.Text,
            faults);
        return faults.Count == before ? new TlsSecurity(options) : null;
    }

    private static void Trust(SslClientAuthenticationOptions options, PemFile? authorities, ICollection<string> faults)
    {
        if (authorities?.Read(faults) is not { } text)
        {
            return;
        }

        // As with Kafka's clients nobody is asked whether a certificate was revoked.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        authorities.Try(() => policy.CustomTrustStore.ImportFromPem(text), faults);
        if (policy.CustomTrustStore.Count == 0)
        {
            authorities.Fault("holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", faults);
        }

        options.CertificateChainPolicy = policy;
    }

    private static void Show(SslClientAuthenticationOptions options, string place, PemFile? certificate, PemFile? key, string? password, ICollection<string> faults)
    {
        if (certificate is null)
        {
            if (key is not null || password is not null)
            {
                faults.Add($"{place}{Name}:CertificateFile, or {place}ssl.keystore.location, must name the client's certificate where its key is named.");
            }

            return;
        }

        // A key that is named nowhere lies in the certificate's own file.
        var certificateText = certificate.Read(faults);
        var keyText = key is null ? certificateText : key.Read(faults);
        if (certificateText is null || keyText is null)
        {
            return;
        }

        certificate.Try(
            () =>
            {
                var chain = new X509Certificate2Collection();
                chain.ImportFromPem(certificateText);
                using var read = password is null ? X509Certificate2.CreateFromPem(certificateText, keyText) : X509Certificate2.CreateFromEncryptedPem(certificateText, keyText, password);

                // A key that was just read exists in memory alone, which TLS on Windows does not take.
                var own = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
                options.ClientCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true);
            },
            faults);
    }

    private static PemFile? Find(IConfiguration section, string property, params ReadOnlySpan<string> keys)
    {
        var entry = section.GetSection($"{Name}:{property}");
        foreach (var key in keys)
        {
            entry = entry.Value is null ? section.GetSection(key) : entry;
        }

        return entry.Value is { } text ? new PemFile(entry.Path, text.Trim()) : null;
    }

    /// <summary>A file that the configuration names.</summary>
    /// <param name="Place">Where it names it.</param>
    /// <param name="Text">The file's path.</param>
    private sealed record PemFile(string Place, string Text)
    {
        public string? Read(ICollection<string> faults)
        {
            try
            {
                return File.ReadAllText(Text);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                faults.Add($"{Place} is '{Text}', which cannot be read: {failure.Message}");
                return null;
            }
        }

        public void Try(Action read, ICollection<string> faults)
        {
            try
            {
                read();
            }
            catch (CryptographicException failure)
            {
                Fault($"cannot be used: {failure.Message.TrimEnd('.')}. It must be in PEM, with the key that belongs to the certificate, and its password where it is encrypted", faults);
            }
        }

        public void Fault(string what, ICollection<string> faults) => faults.Add($"{Place} is '{Text}', which {what}.");
    }
}
