namespace Spate.Broker.Configuration.Keys;

/// <summary>The settings of figures, the broker's own and its clients'.</summary>
public static class MetricsKeys
{
    public static ConfigKey<int> TelemetryMaxBytes { get; } = ConfigKey.Int(
        "telemetry.max.bytes", 1048576, 1, int.MaxValue, "The largest push of metrics that is taken from a client, in bytes as it comes (KIP-714).");

    public static IReadOnlyList<ConfigKey> All { get; } = [TelemetryMaxBytes];
}
