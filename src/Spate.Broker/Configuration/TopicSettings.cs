using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage;
using Spate.Storage.Validation;

namespace Spate.Broker.Configuration;

/// <summary>What holds for one topic: its own settings over the broker's. Immutable.</summary>
public sealed class TopicSettings
{
    private const long HourMs = 3_600_000;
    private const long MinuteMs = 60_000;

    private readonly ConfigValues _topic;
    private readonly ConfigValues _broker;

    public TopicSettings(IReadOnlyDictionary<string, string> topic, ConfigValues broker)
    {
        // What another version wrote and this one cannot read has the broker's value.
        var own = topic.Where(setting => TopicKeys.Find(setting.Key) is { } key && key.Fault(setting.Value) is null);
        _topic = new ConfigValues(own.ToDictionary(StringComparer.Ordinal));
        _broker = broker;
    }

    public int MinInsyncReplicas => Get(TopicKeys.MinInsyncReplicas);

    private long FlushMs => _topic.Get(TopicKeys.FlushMs) ?? _broker.Get(TopicKeys.LogFlushIntervalMs) ?? _broker.Get(TopicKeys.LogFlushSchedulerIntervalMs);

    private bool IsCompacted => Get(TopicKeys.CleanupPolicy).Contains("compact", StringComparer.Ordinal);

    private long RetentionMs => _topic.Get(TopicKeys.RetentionMs)
        ?? _broker.Get(TopicKeys.LogRetentionMs)
        ?? InMilliseconds(_broker.Get(TopicKeys.LogRetentionMinutes), MinuteMs)
        ?? InMilliseconds(_broker.Get(TopicKeys.LogRetentionHours), HourMs)!.Value;

    private long SegmentMs => _topic.Get(TopicKeys.SegmentMs) ?? _broker.Get(TopicKeys.LogRollMs) ?? _broker.Get(TopicKeys.LogRollHours) * HourMs;

    private long SegmentJitterMs =>
        _topic.Get(TopicKeys.SegmentJitterMs) ?? _broker.Get(TopicKeys.LogRollJitterMs) ?? _broker.Get(TopicKeys.LogRollJitterHours) * HourMs;

    /// <summary>What is wrong with the settings when they are seen together, in a sentence; null when nothing is.</summary>
    public string? Fault() => Get(TopicKeys.MinCompactionLagMs) > Get(TopicKeys.MaxCompactionLagMs)
        ? $"min.compaction.lag.ms={Get(TopicKeys.MinCompactionLagMs)} is above max.compaction.lag.ms={Get(TopicKeys.MaxCompactionLagMs)}."
        : null;

    /// <summary>What holds of a duration whose broker-wide names come in several units, in milliseconds; null for every other setting.</summary>
    internal long? DurationOf(ConfigKey key) =>
        key == TopicKeys.FlushMs ? FlushMs
        : key == TopicKeys.RetentionMs ? RetentionMs
        : key == TopicKeys.SegmentMs ? SegmentMs
        : key == TopicKeys.SegmentJitterMs ? SegmentJitterMs
        : null;

    /// <summary>The settings in the terms of the log.</summary>
    public LogConfig ToLogConfig() => new()
    {
        SegmentBytes = Get(TopicKeys.SegmentBytes),
        SegmentMs = SegmentMs,
        SegmentJitterMs = SegmentJitterMs,
        SegmentIndexBytes = Get(TopicKeys.SegmentIndexBytes),
        IndexIntervalBytes = Get(TopicKeys.IndexIntervalBytes),
        RetentionMs = RetentionMs,
        RetentionBytes = Get(TopicKeys.RetentionBytes),
        DeletesOldSegments = Get(TopicKeys.CleanupPolicy).Contains("delete", StringComparer.Ordinal),
        FlushMessages = Get(TopicKeys.FlushMessages),
        FlushMs = FlushMs,
        FileDeleteDelayMs = Get(TopicKeys.FileDeleteDelayMs),
        IsCompacted = IsCompacted,
        MinCleanableDirtyRatio = Get(TopicKeys.MinCleanableDirtyRatio),
        MinCompactionLagMs = Get(TopicKeys.MinCompactionLagMs),
        MaxCompactionLagMs = Get(TopicKeys.MaxCompactionLagMs),
        DeleteRetentionMs = Get(TopicKeys.DeleteRetentionMs),
        Validation = new ValidationRules
        {
            MaximumBatchSize = Get(TopicKeys.MaxMessageBytes),
            TimestampType = Get(TopicKeys.MessageTimestampType) == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
            TimestampBeforeMaximumMs = Get(TopicKeys.MessageTimestampBeforeMaxMs),
            TimestampAfterMaximumMs = Get(TopicKeys.MessageTimestampAfterMaxMs),
            IsCompacted = IsCompacted,
            TargetCodec = TargetCodec,
            CompressionLevel = CompressionLevel,
        },
    };

    private CompressionCodec? TargetCodec => Get(TopicKeys.CompressionType) switch
    {
        "uncompressed" => CompressionCodec.None,
        "gzip" => CompressionCodec.Gzip,
        "snappy" => CompressionCodec.Snappy,
        "lz4" => CompressionCodec.Lz4,
        "zstd" => CompressionCodec.Zstd,
        _ => null,
    };

    private int? CompressionLevel => TargetCodec switch
    {
        CompressionCodec.Gzip => Get(TopicKeys.CompressionGzipLevel),
        CompressionCodec.Lz4 => Get(TopicKeys.CompressionLz4Level),
        CompressionCodec.Zstd => Get(TopicKeys.CompressionZstdLevel),
        _ => null,
    };

    /// <summary>A negative duration means "for ever" in any unit; one that is too long to count is as long as can be counted.</summary>
    private static long? InMilliseconds(long? value, long unitMs) => value < 0 ? -1 : value > long.MaxValue / unitMs ? long.MaxValue : value * unitMs;

    private T Get<T>(TopicKey<T> key) => key.Resolve(_topic, _broker);
}
