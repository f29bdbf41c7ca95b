using System.Diagnostics.Metrics;

namespace Spate.Broker.Telemetry;

/// <summary>What runs here and since when; Kafka's app-info and KafkaServer. The process itself is measured by the runtime's own meter, System.Runtime.</summary>
internal static class AppMetrics
{
    /// <summary>Kafka's number for a broker that answers clients.</summary>
    private const int Running = 3;

    public static void Publish(BrokerMeter meter, int nodeId, string version, string clusterId, DateTimeOffset startedAt)
    {
        const string AppInfo = "kafka.server:type=app-info,id={node}";
        meter.Gauge(
            new MetricDefinition("spate.app.version", MetricKind.Gauge, "1", "1; its tag says which version runs.", new MBean(AppInfo, "version")),
            () => [new Measurement<long>(1, MetricTag.Of("node", nodeId), MetricTag.Of(MetricTag.Version, version))]);
        meter.Gauge(
            new MetricDefinition("spate.app.start_time", MetricKind.Gauge, "ms", "When the broker began to answer clients, in milliseconds since 1970.", new MBean(AppInfo, "start-time-ms")),
            () => [new Measurement<long>(startedAt.ToUnixTimeMilliseconds(), MetricTag.Of("node", nodeId))]);
        meter.Gauge(
            new MetricDefinition("spate.app.cluster", MetricKind.Gauge, "1", "1; its tag says which cluster the broker belongs to.", new MBean("kafka.server:type=KafkaServer,name=ClusterId")),
            () => [new Measurement<long>(1, MetricTag.Of("cluster", clusterId))]);
        meter.Gauge(
            new MetricDefinition("spate.app.state", MetricKind.Gauge, "1", "3 while the broker answers clients.", new MBean("kafka.server:type=KafkaServer,name=BrokerState")),
            () => Running);
    }
}
