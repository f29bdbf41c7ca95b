using System.Diagnostics.Metrics;
using Spate.Broker.Partitions;
using Spate.Metadata.Control;
using Spate.Storage;

namespace Spate.Broker.Telemetry;

/// <summary>
/// What is decided and how far this node has come with it; Kafka's KafkaController and ControllerEventManager, and broker-metadata-metrics.
/// Safe for use by many threads.
/// </summary>
public sealed class ControllerMetrics : IDecisionWatcher
{
    private const double MillisecondsOfMicroseconds = 0.001;
    private const string BrokerMetadata = "kafka.server:type=broker-metadata-metrics";
    private const string Raft = "kafka.server:type=raft-metrics";

    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;
    private long _asked;
    private long _taken;
    private long _failed;

    internal ControllerMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        QueueTime = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        ProcessingTime = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        meter.Histogram(
            new MetricDefinition(
                "spate.controller.queue.time", MetricKind.Histogram, "ms", "How long a request to the controller waits for its turn.",
                new MBean("kafka.controller:type=ControllerEventManager,name=EventQueueTimeMs")),
            () => [([], QueueTime)]);
        meter.Histogram(
            new MetricDefinition(
                "spate.controller.processing.time", MetricKind.Histogram, "ms", "How long a request to the controller takes from its turn on.",
                new MBean("kafka.controller:type=ControllerEventManager,name=EventQueueProcessingTimeMs")),
            () => [([], ProcessingTime)]);
        meter.Gauge(
            Gauge("queue.size", "{request}", "Requests that wait for their turn at the controller.", "kafka.controller:type=ControllerEventManager,name=EventQueueSize"),
            () => Waiting);
        meter.Count(
            new MetricDefinition(
                "spate.controller.operations", MetricKind.Meter, "{request}", "Requests that the controller has begun.",
                new MBean("kafka.controller:type=KafkaController,name=EventQueueOperationsStartedCount")),
            () => Volatile.Read(ref _taken));
        meter.Count(
            new MetricDefinition(
                "spate.controller.errors", MetricKind.Meter, "{error}", "Decisions that could not be committed, or that this node could not obey.",
                new MBean("kafka.controller:type=KafkaController,name=MetadataErrorCount"), new MBean(BrokerMetadata, "metadata-apply-error-count")),
            () => Failures);
    }

    /// <summary>Decisions that could not be committed or obeyed.</summary>
    public long Failures => Volatile.Read(ref _failed);

    /// <summary>Requests that wait for their turn.</summary>
    public long Waiting => Math.Max(Volatile.Read(ref _asked) - Volatile.Read(ref _taken), 0);

    /// <summary>How long requests wait for their turn, in milliseconds.</summary>
    public DecayingHistogram QueueTime { get; }

    /// <summary>How long requests take from their turn on, in milliseconds.</summary>
    public DecayingHistogram ProcessingTime { get; }

    long IDecisionWatcher.Asked()
    {
        Interlocked.Increment(ref _asked);
        return _clock.GetTimestamp();
    }

    long IDecisionWatcher.Began(long asked)
    {
        Interlocked.Increment(ref _taken);
        return Record(QueueTime, asked);
    }

    void IDecisionWatcher.GaveUp() => Interlocked.Decrement(ref _asked);

    void IDecisionWatcher.Ended(long began, bool succeeded)
    {
        Record(ProcessingTime, began);
        if (!succeeded)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    /// <summary>Publishes what the image and its log tell. Once.</summary>
    internal void Publish(Controller controller, PartitionTable partitions, PartitionLog log, int nodeId)
    {
        Controls("active", "{controller}", "1 when this node is the controller.", "ActiveControllerCount", () => 1);
        Controls("brokers.active", "{broker}", "Brokers that take part.", "ActiveBrokerCount", () => 1);
        Controls("brokers.fenced", "{broker}", "Brokers that are kept out.", "FencedBrokerCount", () => 0);
        Controls("topics", "{topic}", "Topics of the cluster.", "GlobalTopicCount", () => controller.Image.TopicsById.Count);
        Controls(
            "partitions", "{partition}", "Partitions of the cluster.", "GlobalPartitionCount",
            () => controller.Image.TopicsById.Values.Sum(topic => (long)topic.Partitions.Length));
        Controls("partitions.offline", "{partition}", "Partitions without a leader.", "OfflinePartitionsCount", () => partitions.OfflineCount);
        Controls("records.committed", "{offset}", "The offset of the last decision that is committed.", "LastCommittedRecordOffset", () => log.HighWatermark - 1);
        _meter.Gauge(
            Gauge("records.applied", "{offset}", "The offset of the last decision that is applied.", "kafka.controller:type=KafkaController,name=LastAppliedRecordOffset") with
            {
                MBeans = [new MBean("kafka.controller:type=KafkaController,name=LastAppliedRecordOffset"), new MBean(BrokerMetadata, "last-applied-record-offset")],
            },
            () => log.HighWatermark - 1);
        _meter.Gauge(
            new MetricDefinition(
                "spate.controller.records.time", MetricKind.Gauge, "ms", "When the last decision was taken, in milliseconds since 1970.",
                new MBean("kafka.controller:type=KafkaController,name=LastAppliedRecordTimestamp"), new MBean(BrokerMetadata, "last-applied-record-timestamp")),
            () => Newest(log).Select(timestamp => new Measurement<long>(timestamp)));
        _meter.Gauge(
            new MetricDefinition(
                "spate.controller.records.age", MetricKind.Gauge, "ms", "How long ago the last decision was taken.",
                new MBean("kafka.controller:type=KafkaController,name=LastAppliedRecordLagMs"), new MBean(BrokerMetadata, "last-applied-record-lag-ms")),
            () => Newest(log).Select(timestamp => new Measurement<long>(Math.Max(_clock.GetUtcNow().ToUnixTimeMilliseconds() - timestamp, 0))));
        Quorum("leader", "{node}", "The node that leads the quorum of the log of decisions.", "current-leader", () => nodeId);
        Quorum("high_watermark", "{offset}", "The offset up to which decisions are committed.", "high-watermark", () => log.HighWatermark);
        Quorum("end_offset", "{offset}", "The offset that the next decision gets.", "log-end-offset", () => log.LogEndOffset);
    }

    private static MetricDefinition Gauge(string name, string unit, string meaning, string kafkaName) =>
        new($"spate.controller.{name}", MetricKind.Gauge, unit, meaning, new MBean(kafkaName));

    /// <summary>The time of the last decision; nothing when there is none, or its log cannot be read.</summary>
    private static IEnumerable<long> Newest(PartitionLog log)
    {
        try
        {
            return log.FindNewest() is { } newest ? [newest.Timestamp] : [];
        }
        catch (Exception failure) when (failure is LogFailedException or ObjectDisposedException)
        {
            // Whoever uses the log is told; a figure that cannot be had is left out.
            return [];
        }
    }

    private void Controls(string name, string unit, string meaning, string kafkaName, Func<long> read) =>
        _meter.Gauge(Gauge(name, unit, meaning, $"kafka.controller:type=KafkaController,name={kafkaName}"), read);

    private void Quorum(string name, string unit, string meaning, string kafkaName, Func<long> read) =>
        _meter.Gauge(new MetricDefinition($"spate.quorum.{name}", MetricKind.Gauge, unit, meaning, new MBean(Raft, kafkaName)), read);

    private long Record(DecayingHistogram histogram, long since)
    {
        var now = _clock.GetTimestamp();
        histogram.Record(_clock.GetElapsedTime(since, now).Ticks / TimeSpan.TicksPerMicrosecond, now);
        return now;
    }
}
