namespace Spate.Broker.Telemetry;

/// <summary>How often logs are brought to the disk, and how long that takes; Kafka's LogFlushStats. Safe for use by many threads.</summary>
public sealed class LogFlushMetrics
{
    private readonly TimeProvider _clock;

    internal LogFlushMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _clock = clock;
        Time = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.log.flush.time", MetricKind.Histogram, "ms", "How long a flush of a log takes.",
                new MBean("kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs")),
            () => [([], Time)]);
    }

    /// <summary>How long flushes take, in milliseconds.</summary>
    public DecayingHistogram Time { get; }

    internal void Flushed(TimeSpan duration) => Time.Record(duration.Ticks / TimeSpan.TicksPerMicrosecond, _clock.GetTimestamp());
}
