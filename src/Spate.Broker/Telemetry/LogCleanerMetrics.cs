using System.Diagnostics.Metrics;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;

namespace Spate.Broker.Telemetry;

/// <summary>What compaction does, Kafka's LogCleaner and LogCleanerManager. Safe for use by many threads.</summary>
public sealed class LogCleanerMetrics
{
    private readonly BrokerMeter _meter;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private CleaningResult? _last;
    private long _lastAt;
    private long _cleanings;
    private long _bytesRead;
    private long _bytesWritten;

    internal LogCleanerMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _meter = meter;
        _clock = clock;
        _lastAt = clock.GetTimestamp();
        meter.Count(new MetricDefinition("spate.log.cleaner.cleanings", MetricKind.Meter, "{log}", "Cleanings of logs."), () => Volatile.Read(ref _cleanings));
        meter.Count(new MetricDefinition("spate.log.cleaner.bytes.read", MetricKind.Meter, "By", "Bytes read by compaction."), () => Volatile.Read(ref _bytesRead));
        meter.Count(new MetricDefinition("spate.log.cleaner.bytes.written", MetricKind.Meter, "By", "Bytes written by compaction."), () => Volatile.Read(ref _bytesWritten));
        Gauge(
            "buffer.utilization", "%", "How full the map of keys was in the last cleaning.", "kafka.log:type=LogCleaner,name=max-buffer-utilization-percent",
            () => Last is { } last ? (long)(100 * last.BufferUtilization) : 0);
        Gauge(
            "recopy", "%", "The part of what was read that was written again in the last cleaning.", "kafka.log:type=LogCleaner,name=cleaner-recopy-percent",
            () => Last is { BytesRead: > 0 } last ? 100 * last.BytesWritten / last.BytesRead : 0);
        Gauge(
            "time", "s", "How long the last cleaning took.", "kafka.log:type=LogCleaner,name=max-clean-time-secs",
            () => Last is { } last ? (long)last.Duration.TotalSeconds : 0);
        Gauge(
            "time.since_last", "ms", "How long ago a cleaning ended last, or the broker started.", "kafka.log:type=LogCleanerManager,name=time-since-last-run-ms",
            () => (long)_clock.GetElapsedTime(Volatile.Read(ref _lastAt)).TotalMilliseconds);
    }

    /// <summary>What the last cleaning came to; null before the first.</summary>
    public CleaningResult? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    internal void Cleaned(CleaningResult result)
    {
        lock (_lock)
        {
            _last = result;
        }

        Volatile.Write(ref _lastAt, _clock.GetTimestamp());
        Interlocked.Increment(ref _cleanings);
        Interlocked.Add(ref _bytesRead, result.BytesRead);
        Interlocked.Add(ref _bytesWritten, result.BytesWritten);
    }

    /// <summary>Publishes what the cleaner itself knows. Once.</summary>
    internal void Publish(LogCleaner cleaner, LogStore logs)
    {
        Gauge(
            "dirtiest", "%", "How dirty the dirtiest log was when it was last looked for.", "kafka.log:type=LogCleanerManager,name=max-dirty-percent",
            () => (long)(100 * cleaner.DirtiestRatio));
        _meter.Gauge(
            Definition(
                "uncleanable", "{partition}", "Partitions that are not cleaned any more, by directory.",
                "kafka.log:type=LogCleanerManager,name=uncleanable-partitions-count,logDirectory={directory}"),
            () => ByDirectory(cleaner, logs, static _ => 1));
        _meter.Gauge(
            Definition(
                "uncleanable.bytes", "By", "Bytes of the logs that are not cleaned any more, by directory.",
                "kafka.log:type=LogCleanerManager,name=uncleanable-bytes,logDirectory={directory}"),
            () => ByDirectory(cleaner, logs, static hosted => hosted.Log.Size));
    }

    private static MetricDefinition Definition(string name, string unit, string meaning, string kafkaName) =>
        new($"spate.log.cleaner.{name}", MetricKind.Gauge, unit, meaning, new MBean(kafkaName));

    private static IEnumerable<Measurement<long>> ByDirectory(LogCleaner cleaner, LogStore logs, Func<HostedLog, long> size)
    {
        var uncleanable = cleaner.Uncleanable.Select(logs.Find).OfType<HostedLog>().ToLookup(hosted => hosted.Directory.Path, StringComparer.Ordinal);
        return logs.Directories.All.Select(directory => new Measurement<long>(
            uncleanable[directory.Path].Sum(size), MetricTag.Of(MetricTag.Directory, directory.Path)));
    }

    private void Gauge(string name, string unit, string meaning, string kafkaName, Func<long> read) =>
        _meter.Gauge(Definition(name, unit, meaning, kafkaName), read);
}
