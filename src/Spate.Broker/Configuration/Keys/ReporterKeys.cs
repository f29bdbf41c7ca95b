namespace Spate.Broker.Configuration.Keys;

/// <summary>Kafka's way to hand out metrics: known, and without effect.</summary>
public static class ReporterKeys
{
    private const string Why = "Metrics are handed out as meters of .NET, which keep no samples and load no reporters.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("kafka.metrics.polling.interval.secs", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("kafka.metrics.reporters", ConfigType.List, "", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("metric.reporters", ConfigType.List, "", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("metrics.num.samples", ConfigType.Int, "2", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("metrics.recording.level", ConfigType.Text, "INFO", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("metrics.sample.window.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Why),
    ];
}
