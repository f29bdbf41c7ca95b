using Spate.Coordination;
using Spate.Protocol.Errors;

namespace Spate.Broker.Telemetry;

/// <summary>What transactions of this node go through; Kafka's transaction-coordinator-metrics and AddPartitionsToTxnManager. Safe for use by many threads.</summary>
public sealed class TransactionMetrics
{
    private const string Admission = "kafka.server:type=AddPartitionsToTxnManager";
    private const string Coordinator = "kafka.server:type=transaction-coordinator-metrics";

    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;
    private long _failures;

    internal TransactionMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        LoadTime = new DecayingHistogram(clock, 0.001);
        VerificationTime = new DecayingHistogram(clock, 0.001);
        meter.Histogram(
            new MetricDefinition(
                "spate.transactions.load.time", MetricKind.Histogram, "ms", "How long it takes to read the transactional ids of a partition.",
                new MBean(Coordinator, "partition-load-time-max"), new MBean(Coordinator, "partition-load-time-avg")),
            () => [([], LoadTime)]);
        meter.Histogram(
            new MetricDefinition(
                "spate.transactions.verification.time", MetricKind.Histogram, "ms", "How long it takes to ask a coordinator about the partitions of a transaction.",
                new MBean($"{Admission},name=VerificationTimeMs")),
            () => [([], VerificationTime)]);
        meter.Count(
            new MetricDefinition(
                "spate.transactions.verification.failures", MetricKind.Meter, "1", "Partitions that a coordinator did not let into a transaction.",
                new MBean($"{Admission},name=VerificationFailureRate")),
            () => Volatile.Read(ref _failures));
    }

    /// <summary>How long it takes to read the transactional ids of a partition, in milliseconds.</summary>
    public DecayingHistogram LoadTime { get; }

    /// <summary>How long coordinators take to answer about partitions, in milliseconds.</summary>
    public DecayingHistogram VerificationTime { get; }

    /// <summary>The clock's timestamp, to begin a measurement with.</summary>
    internal long Now => _clock.GetTimestamp();

    /// <param name="began">When the loading began, by the clock's timestamps.</param>
    internal void Loaded(long began) => Record(LoadTime, began);

    /// <param name="began">When the coordinator was asked, by the clock's timestamps.</param>
    /// <param name="answers">What it said of each partition.</param>
    internal void Verified(long began, ErrorCode[] answers)
    {
        Record(VerificationTime, began);
        foreach (var answer in answers)
        {
            if (answer != ErrorCode.None)
            {
                Interlocked.Increment(ref _failures);
            }
        }
    }

    /// <summary>Publishes what the coordinator knows. Once.</summary>
    internal void Publish(TransactionCoordinator coordinator) => _meter.Gauge(
        new MetricDefinition(
            "spate.transactions.ending", MetricKind.Gauge, "{transaction}", "Transactions that are decided and whose markers are being written."),
        () => (long)coordinator.EndingTransactions);

    private void Record(DecayingHistogram histogram, long began)
    {
        var now = _clock.GetTimestamp();
        histogram.Record(_clock.GetElapsedTime(began, now).Ticks / TimeSpan.TicksPerMicrosecond, now);
    }
}
