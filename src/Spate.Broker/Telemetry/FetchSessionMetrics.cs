using Spate.Broker.Fetching;

namespace Spate.Broker.Telemetry;

/// <summary>The figures of fetch sessions, read off their cache when somebody asks; Kafka's FetchSessionCache.</summary>
internal static class FetchSessionMetrics
{
    public static void Publish(BrokerMeter meter, FetchSessionCache sessions)
    {
        meter.Gauge(Definition("count", MetricKind.Gauge, "{session}", "Fetch sessions that are kept.", "NumIncrementalFetchSessions"), () => sessions.Count);
        meter.Gauge(
            Definition("partitions", MetricKind.Gauge, "{partition}", "Partitions of all fetch sessions together.", "NumIncrementalFetchPartitionsCached"),
            () => sessions.PartitionCount);
        meter.Count(
            Definition("evictions", MetricKind.Meter, "{session}", "Fetch sessions that had to give way to others.", "IncrementalFetchSessionEvictionsPerSec"),
            () => sessions.Evictions);
    }

    private static MetricDefinition Definition(string name, MetricKind kind, string unit, string meaning, string kafkaName) =>
        new($"spate.fetch.sessions.{name}", kind, unit, meaning, new MBean($"kafka.server:type=FetchSessionCache,name={kafkaName}"));
}
