using System.Diagnostics.Metrics;
using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;

namespace Spate.Broker.Telemetry;

/// <summary>What the keeper of share groups' delivery state on this node goes through; Kafka's share-coordinator-metrics. Safe for use by many threads.</summary>
public sealed class ShareStateMetrics
{
    private const string Coordinator = "kafka.server:type=share-coordinator-metrics";

    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;
    private long _pruned;

    internal ShareStateMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        LoadTime = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.shares.state.load.time", MetricKind.Histogram, "ms", "How long it takes to read what a partition of __share_group_state keeps.",
                new MBean(Coordinator, "partition-load-time-max"), new MBean(Coordinator, "partition-load-time-avg")),
            () => [([], LoadTime)]);
        WriteTime = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.shares.state.write.time", MetricKind.Histogram, "ms", "How long it takes to write down what became of records of a share group.",
                new MBean(Coordinator, "write-latency-max"), new MBean(Coordinator, "write-latency-avg"),
                new MBean(Coordinator, "write-rate"), new MBean(Coordinator, "write-total")),
            () => [([], WriteTime)]);
        meter.Count(
            new MetricDefinition(
                "spate.shares.state.pruned", MetricKind.Meter, "{record}", "Records that were deleted from __share_group_state because later ones say all that they said."),
            () => Volatile.Read(ref _pruned));
    }

    /// <summary>How long it takes to write down what became of records, in milliseconds.</summary>
    public DecayingHistogram WriteTime { get; }

    /// <summary>How long it takes to read what a partition of __share_group_state keeps, in milliseconds.</summary>
    public DecayingHistogram LoadTime { get; }

    /// <summary>The clock's timestamp, to begin a measurement with.</summary>
    internal long Now => _clock.GetTimestamp();

    /// <param name="began">When the loading began, by the clock's timestamps.</param>
    internal void Loaded(long began) => Record(LoadTime, began);

    /// <param name="began">When the write began, by the clock's timestamps.</param>
    internal void Written(long began) => Record(WriteTime, began);

    internal void Pruned(long records) => Interlocked.Add(ref _pruned, records);

    /// <summary>Publishes what the keeper knows. Once.</summary>
    internal void Publish(ShareStateKeeper keeper) => _meter.Gauge(
        new MetricDefinition(
            "spate.shares.state.partitions", MetricKind.Gauge, "{partition}", "Partitions of __share_group_state on this node, by whether they are answered for.",
            new MBean($"{Coordinator},state={{state}}", "num-partitions")),
        () => Partitions(keeper));

    private static IEnumerable<Measurement<long>> Partitions(ShareStateKeeper keeper)
    {
        var statuses = Enumerable.Range(0, keeper.PartitionCount).Select(keeper.StatusOf).ToList();
        return new[] { ShardStatus.Loading, ShardStatus.Active, ShardStatus.Failed }.Select(
            status => new Measurement<long>(statuses.Count(each => each == status), MetricTag.Of(MetricTag.State, status.ToString().ToLowerInvariant())));
    }

    private void Record(DecayingHistogram histogram, long began)
    {
        var now = _clock.GetTimestamp();
        histogram.Record(_clock.GetElapsedTime(began, now).Ticks / TimeSpan.TicksPerMicrosecond, now);
    }
}
