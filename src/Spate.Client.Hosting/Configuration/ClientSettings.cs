using Spate.Client.Connections;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of <see cref="KafkaClientOptions"/>.</summary>
internal static class ClientSettings
{
    public static SettingTable<KafkaClientOptions> Table { get; } = new SettingTable<KafkaClientOptions>()
        .Text("BootstrapServers", "bootstrap.servers", static (options, value) => options with { BootstrapServers = value })
        .Text("ClientId", "client.id", static (options, value) => options with { ClientId = value })
        .Choice<IStreamSecurity>(
            "Security", "security.protocol", static (options, value) => options with { Security = value },
            ("PLAINTEXT", PlaintextSecurity.Instance), ("SSL", new TlsSecurity()),
            ("SASL_PLAINTEXT", PlaintextSecurity.Instance), ("SASL_SSL", new TlsSecurity()))
        .Time("RequestTimeout", "request.timeout.ms", static (options, value) => options with { RequestTimeout = value })
        .Time("ApiTimeout", "default.api.timeout.ms", static (options, value) => options with { ApiTimeout = value })
        .Time("ConnectionSetupTimeout", "socket.connection.setup.timeout.ms", static (options, value) => options with { ConnectionSetupTimeout = value })
        .Time("ConnectionSetupTimeoutMax", "socket.connection.setup.timeout.max.ms", static (options, value) => options with { ConnectionSetupTimeoutMax = value })
        .Time("ConnectionsMaxIdle", "connections.max.idle.ms", static (options, value) => options with { ConnectionsMaxIdle = value })
        .Time("ReconnectBackoff", "reconnect.backoff.ms", static (options, value) => options with { ReconnectBackoff = value })
        .Time("ReconnectBackoffMax", "reconnect.backoff.max.ms", static (options, value) => options with { ReconnectBackoffMax = value })
        .Time("RetryBackoff", "retry.backoff.ms", static (options, value) => options with { RetryBackoff = value })
        .Time("RetryBackoffMax", "retry.backoff.max.ms", static (options, value) => options with { RetryBackoffMax = value })
        .Time("MetadataMaxAge", "metadata.max.age.ms", static (options, value) => options with { MetadataMaxAge = value })
        .Time("MetadataMaxIdle", "metadata.max.idle.ms", static (options, value) => options with { MetadataMaxIdle = value })
        .Switch("AllowAutoCreateTopics", "allow.auto.create.topics", static (options, value) => options with { AllowAutoCreateTopics = value })
        .Switch("EnableMetricsPush", "enable.metrics.push", static (options, value) => options with { EnableMetricsPush = value })
        .Int32("ReplyBytesMax", null, static (options, value) => options with { ReplyBytesMax = value });
}
