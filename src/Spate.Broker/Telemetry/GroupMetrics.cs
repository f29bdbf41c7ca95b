using System.Diagnostics.Metrics;
using Spate.Coordination;

namespace Spate.Broker.Telemetry;

/// <summary>What the groups of this node go through; Kafka's GroupMetadataManager and group-coordinator-metrics. Safe for use by many threads.</summary>
public sealed class GroupMetrics
{
    private const string Coordinator = "kafka.server:type=group-coordinator-metrics";

    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;

    internal GroupMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        LoadTime = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.groups.load.time", MetricKind.Histogram, "ms", "How long it takes to read the groups of a partition.",
                new MBean(Coordinator, "partition-load-time-max"), new MBean(Coordinator, "partition-load-time-avg")),
            () => [([], LoadTime)]);
    }

    /// <summary>How long it takes to read the groups of a partition, in milliseconds.</summary>
    public DecayingHistogram LoadTime { get; }

    /// <param name="began">When the loading began, by the clock's timestamps.</param>
    internal void Loaded(long began)
    {
        var now = _clock.GetTimestamp();
        LoadTime.Record(_clock.GetElapsedTime(began, now).Ticks / TimeSpan.TicksPerMicrosecond, now);
    }

    /// <summary>Publishes what the coordinator knows. Once.</summary>
    internal void Publish(GroupCoordinator coordinator)
    {
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.count", MetricKind.Gauge, "{group}", "Groups, by type.",
                new MBean("kafka.server:type=GroupMetadataManager,name=NumGroups"), new MBean($"{Coordinator},protocol={{protocol}}", "group-count")),
            () => ByProtocol(coordinator.Count()));
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.by_state", MetricKind.Gauge, "{group}", "Groups of the classic protocol, by state.",
                new MBean("kafka.server:type=GroupMetadataManager,name=NumGroups{state}")),
            () => coordinator.Count().ByState.Select(pair => new Measurement<long>(pair.Value, MetricTag.Of(MetricTag.State, pair.Key))));
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.consumer.by_state", MetricKind.Gauge, "{group}", "Groups of the consumer protocol, by state.",
                new MBean($"{Coordinator},state={{state}}", "consumer-group-count")),
            () => coordinator.Count().ConsumerByState.Select(pair => new Measurement<long>(pair.Value, MetricTag.Of(MetricTag.State, pair.Key.ToLowerInvariant()))));
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.share.by_state", MetricKind.Gauge, "{group}", "Share groups, by state.",
                new MBean($"{Coordinator},state={{state}}", "share-group-count")),
            () => coordinator.Count().ShareByState.Select(pair => new Measurement<long>(pair.Value, MetricTag.Of(MetricTag.State, pair.Key.ToLowerInvariant()))));
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.streams.by_state", MetricKind.Gauge, "{group}", "Streams groups, by state.",
                new MBean($"{Coordinator},state={{state}}", "streams-group-count")),
            () => coordinator.Count().StreamsByState.Select(pair => new Measurement<long>(pair.Value, MetricTag.Of(MetricTag.State, Lower(pair.Key)))));
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.offsets", MetricKind.Gauge, "{offset}", "Offsets that groups keep.",
                new MBean("kafka.server:type=GroupMetadataManager,name=NumOffsets")),
            () => coordinator.Count().Offsets);
        _meter.Gauge(
            new MetricDefinition(
                "spate.groups.partitions", MetricKind.Gauge, "{partition}", "Partitions of __consumer_offsets on this node, by whether their groups are answered for.",
                new MBean($"{Coordinator},state={{state}}", "num-partitions")),
            () => Partitions(coordinator.Count()));
        Count("offset.commits", "Offsets committed", "offset-commit", () => coordinator.Figures.OffsetCommits);
        Count("offset.expirations", "Offsets forgotten for their age", "offset-expiration", () => coordinator.Figures.OffsetExpirations);
        Count("offset.deletions", "Offsets deleted on request or with their topic", "offset-deletion", () => coordinator.Figures.OffsetDeletions);
        Count("consumer.rebalances", "Target assignments made for groups of the consumer protocol", "consumer-group-rebalance", () => coordinator.Figures.ConsumerRebalances);
        Count("share.rebalances", "Target assignments made for share groups", "share-group-rebalance", () => coordinator.Figures.ShareRebalances);
        Count("streams.rebalances", "Target assignments made for streams groups", "streams-group-rebalance", () => coordinator.Figures.StreamsRebalances);
        Count("rebalances", "Rounds that ended with a new generation", "group-completed-rebalance", () => coordinator.Figures.Rebalances);
    }

    private static IEnumerable<Measurement<long>> ByProtocol(GroupCensus census) =>
    [
        new(census.ByState.Values.Sum(), MetricTag.Of("protocol", "classic")),
        new(census.ConsumerByState.Values.Sum(), MetricTag.Of("protocol", "consumer")),
        new(census.ShareByState.Values.Sum(), MetricTag.Of("protocol", "share")),
        new(census.StreamsByState.Values.Sum(), MetricTag.Of("protocol", "streams")),
    ];

    private static IEnumerable<Measurement<long>> Partitions(GroupCensus census) =>
    [
        new(census.LoadingPartitions, MetricTag.Of(MetricTag.State, "loading")),
        new(census.ActivePartitions, MetricTag.Of(MetricTag.State, "active")),
        new(census.FailedPartitions, MetricTag.Of(MetricTag.State, "failed")),
    ];

    /// <summary>States as metrics spell them: not_ready.</summary>
    private static string Lower(string state) => state == "NotReady" ? "not_ready" : state.ToLowerInvariant();

    private void Count(string name, string meaning, string kafkaName, Func<long> read) => _meter.Count(
        new MetricDefinition(
            $"spate.groups.{name}", MetricKind.Meter, "1", $"{meaning}.", new MBean(Coordinator, $"{kafkaName}-rate"), new MBean(Coordinator, $"{kafkaName}-count")),
        read);
}
