using System.Diagnostics.Metrics;
using Spate.Broker.Shares.Partitions;
using Spate.Broker.Shares.Sessions;
using Spate.Coordination.Shares.Partitions;

namespace Spate.Broker.Telemetry;

/// <summary>What members of share groups do with the partitions of this node; Kafka's ShareGroupMetrics and SharePartitionMetrics. Safe for use by many threads.</summary>
public sealed class ShareMetrics
{
    private const string Group = "kafka.server:type=ShareGroupMetrics";

    private static readonly AcknowledgeType[] Types = Enum.GetValues<AcknowledgeType>();

    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;
    private readonly long[] _acknowledged = new long[Types.Length];
    private long _locksEnded;
    private long _deadLetters;

    internal ShareMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        LoadTime = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.shares.partition.load.time", MetricKind.Histogram, "ms", "How long it takes to take a partition over for a share group.",
                new MBean($"{Group},name=PartitionLoadTimeMs")),
            () => [([], LoadTime)]);
        meter.Count(
            new MetricDefinition(
                "spate.shares.acknowledgements", MetricKind.Meter, "{record}", "Records that members have acknowledged, by what they said.",
                new MBean($"{Group},name=RecordAcknowledgementsPerSec,ackType={{type}}")),
            () => Types.Select(type => new Measurement<long>(Volatile.Read(ref _acknowledged[(int)type]), MetricTag.Of("type", type.ToString().ToLowerInvariant()))));
        meter.Count(
            new MetricDefinition(
                "spate.shares.locks.ended", MetricKind.Meter, "{record}", "Records that were taken back because a member held them too long.",
                new MBean("kafka.server:type=SharePartitionMetrics,name=AcquisitionLockTimeoutPerSec")),
            () => Volatile.Read(ref _locksEnded));
        meter.Count(
            new MetricDefinition("spate.shares.dead.letters", MetricKind.Meter, "{record}", "Records that were written to topics of dead letters."),
            () => Volatile.Read(ref _deadLetters));
    }

    /// <summary>How long it takes to take a partition over for a share group, in milliseconds.</summary>
    public DecayingHistogram LoadTime { get; }

    /// <summary>The clock's timestamp, to begin a measurement with.</summary>
    internal long Now => _clock.GetTimestamp();

    /// <param name="began">When the loading began, by the clock's timestamps.</param>
    internal void PartitionLoaded(long began)
    {
        var now = _clock.GetTimestamp();
        LoadTime.Record(_clock.GetElapsedTime(began, now).Ticks / TimeSpan.TicksPerMicrosecond, now);
    }

    internal void Acknowledged(IEnumerable<Acknowledgement> acknowledgements)
    {
        foreach (var (offsets, type) in acknowledgements.SelectMany(static one => one.Stretches()))
        {
            Interlocked.Add(ref _acknowledged[(int)type], offsets.Count);
        }
    }

    internal void LocksEnded(long records) => Interlocked.Add(ref _locksEnded, records);

    internal void DeadLettersWritten(long records) => Interlocked.Add(ref _deadLetters, records);

    /// <summary>Publishes what the shared partitions know. Once.</summary>
    internal void Publish(SharedPartitions shared, ShareSessions sessions)
    {
        _meter.Gauge(
            new MetricDefinition(
                "spate.shares.sessions", MetricKind.Gauge, "{session}", "Sessions of members of share groups.",
                new MBean("kafka.server:type=ShareSessionCache,name=ShareSessionsCount")),
            () => sessions.Count);
        _meter.Gauge(
            new MetricDefinition(
                "spate.shares.sessions.partitions", MetricKind.Gauge, "{partition}", "Partitions of all sessions of members of share groups together.",
                new MBean("kafka.server:type=ShareSessionCache,name=SharePartitionsCount")),
            () => sessions.PartitionCount);
        _meter.Gauge(
            new MetricDefinition("spate.shares.partitions", MetricKind.Gauge, "{partition}", "Partitions that are read by share groups, once for each group."),
            () => shared.Count);
        _meter.Gauge(
            new MetricDefinition(
                "spate.shares.held", MetricKind.Gauge, "{record}", "Records that are with members of share groups.",
                new MBean("kafka.server:type=SharePartitionMetrics,name=InFlightMessageCount")),
            () => shared.All.Sum(static each => each.RecordsHeld));
    }
}
