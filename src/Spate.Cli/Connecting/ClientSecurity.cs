using Spate.Broker.Configuration;
using Spate.Client.Authentication;
using Spate.Client.Connections;

namespace Spate.Cli.Connecting;

/// <summary>What a properties file says of security: Kafka's keys, and the few of librdkafka that say the same in another word.</summary>
internal static class ClientSecurity
{
    private static readonly string[] Families = ["security.", "sasl.", "ssl."];

    private static readonly string[] Known =
    [
        "security.protocol",
        "sasl.mechanism", "sasl.mechanisms", "sasl.jaas.config", "sasl.username", "sasl.password",
        "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.type", "ssl.truststore.certificates", "ssl.ca.location",
        "ssl.keystore.location", "ssl.keystore.password", "ssl.keystore.type", "ssl.keystore.certificate.chain", "ssl.keystore.key", "ssl.key.password",
        "ssl.certificate.location", "ssl.key.location", "ssl.endpoint.identification.algorithm",
    ];

    public static (IStreamSecurity Security, SaslOptions? Sasl) Read(ClientProperties properties)
    {
        foreach (var key in properties.Keys.Where(key => Array.Exists(Families, family => key.StartsWith(family, StringComparison.Ordinal)) && !Known.Contains(key, StringComparer.Ordinal)))
        {
            properties.Fault($"{key} is no property that this program knows{(NearestName.Of(key, Known) is { } nearest ? $"; the nearest is {nearest}" : "")}. Leave it out, or correct it.");
        }

        var protocol = (properties.Find("security.protocol") ?? "PLAINTEXT").ToUpperInvariant();
        switch (protocol)
        {
            case "PLAINTEXT":
                return (PlaintextSecurity.Instance, null);
            case "SSL":
                return (new TlsSecurity(TlsProperties.Read(properties)), null);
            case "SASL_PLAINTEXT":
                return (PlaintextSecurity.Instance, SaslProperties.Read(properties));
            case "SASL_SSL":
                return (new TlsSecurity(TlsProperties.Read(properties)), SaslProperties.Read(properties));
            default:
                properties.Fault($"security.protocol is {protocol}; there are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL.");
                return (PlaintextSecurity.Instance, null);
        }
    }
}
