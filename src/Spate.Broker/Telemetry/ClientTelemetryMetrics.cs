using Spate.Broker.Telemetry.Clients;

namespace Spate.Broker.Telemetry;

/// <summary>The figures of clients' telemetry, Kafka's ClientMetrics.</summary>
internal static class ClientTelemetryMetrics
{
    private const string ClientMetrics = "kafka.server:type=ClientMetrics";

    public static void Publish(BrokerMeter meter, ClientTelemetry telemetry)
    {
        var figures = telemetry.Figures;
        meter.Gauge(
            new MetricDefinition(
                "spate.client_telemetry.instances", MetricKind.Gauge, "{client}", "Clients that asked or pushed lately.", new MBean(ClientMetrics, "ClientMetricsInstanceCount")),
            () => telemetry.InstanceCount);
        meter.Gauge(
            new MetricDefinition("spate.client_telemetry.values.kept", MetricKind.Gauge, "{value}", "Values of clients that are kept."),
            () => telemetry.ValueCount);
        Count(meter, "pushes", "{push}", "Pushes that came", () => figures.Pushes);
        Count(meter, "values", "{value}", "Values that clients pushed", () => figures.Values);
        Count(meter, "values.dropped", "{value}", "Values that were not kept, for want of room or because their names were too long", () => figures.DroppedValues);
        Count(
            meter, "unreadable", "{push}", "Pushes whose content could not be read", () => figures.UnreadablePushes,
            new MBean(ClientMetrics, "ClientMetricsPluginErrorCount"), new MBean(ClientMetrics, "ClientMetricsPluginErrorRate"));
        Count(
            meter, "throttled", "{request}", "Requests that came too early", () => figures.ThrottledRequests,
            new MBean(ClientMetrics, "ClientMetricsThrottleCount"), new MBean(ClientMetrics, "ClientMetricsThrottleRate"));
        Count(
            meter, "unknown_subscription", "{push}", "Pushes of what is not asked for", () => figures.UnknownSubscriptions,
            new MBean(ClientMetrics, "ClientMetricsUnknownSubscriptionRequestCount"), new MBean(ClientMetrics, "ClientMetricsUnknownSubscriptionRequestRate"));
    }

    private static void Count(BrokerMeter meter, string name, string unit, string meaning, Func<long> read, params MBean[] kafkaNames) =>
        meter.Count(new MetricDefinition($"spate.client_telemetry.{name}", MetricKind.Meter, unit, $"{meaning}.", kafkaNames), read);
}
