using Spate.Broker.Configuration;
using Spate.Protocol.Compression;

namespace Spate.Broker.Tests.Configuration;

public sealed class TopicSettingsTests
{
    private const long HourMs = 3_600_000;

    [Theory]
    [InlineData("", "", 168 * HourMs)]
    [InlineData("", "log.retention.hours=2", 2 * HourMs)]
    [InlineData("", "log.retention.hours=2;log.retention.minutes=3", 180_000)]
    [InlineData("", "log.retention.hours=2;log.retention.minutes=3;log.retention.ms=4", 4)]
    [InlineData("retention.ms=5", "log.retention.ms=4", 5)]
    [InlineData("retention.ms=-1", "log.retention.ms=4", -1)]
    [InlineData("", "log.retention.hours=-1", -1)]
    [InlineData("", "log.retention.minutes=-1", -1)]
    [InlineData("", "log.retention.minutes=2147483647", 2147483647L * 60_000)]
    public void ToLogConfig_Retention_TakesTopicThenMillisecondsThenMinutesThenHours(string topic, string broker, long expectedMs) =>
        Assert.Equal(expectedMs, Settings(topic, broker).ToLogConfig().RetentionMs);

    [Theory]
    [InlineData("", "", 168 * HourMs, 0)]
    [InlineData("", "log.roll.hours=2;log.roll.jitter.hours=1", 2 * HourMs, HourMs)]
    [InlineData("", "log.roll.hours=2;log.roll.ms=7;log.roll.jitter.ms=6", 7, 6)]
    [InlineData("segment.ms=9;segment.jitter.ms=8", "log.roll.ms=7;log.roll.jitter.ms=6", 9, 8)]
    public void ToLogConfig_Roll_TakesTopicThenMillisecondsThenHours(string topic, string broker, long segmentMs, long jitterMs)
    {
        var config = Settings(topic, broker).ToLogConfig();

        Assert.Equal((segmentMs, jitterMs), (config.SegmentMs, config.SegmentJitterMs));
    }

    [Theory]
    [InlineData("", "", 1_048_588)]
    [InlineData("", "message.max.bytes=7", 7)]
    [InlineData("max.message.bytes=8", "message.max.bytes=7", 8)]
    public void ToLogConfig_MaxMessageBytes_TakesTopicThenBroker(string topic, string broker, int expected) =>
        Assert.Equal(expected, Settings(topic, broker).ToLogConfig().Validation.MaximumBatchSize);

    [Theory]
    [InlineData("", true, false)]
    [InlineData("cleanup.policy=compact", false, true)]
    [InlineData("cleanup.policy=compact,delete", true, true)]
    [InlineData("cleanup.policy=", false, false)]
    public void ToLogConfig_CleanupPolicy_SaysWhatBecomesOfOldSegments(string topic, bool deletes, bool compacts)
    {
        var config = Settings(topic, "").ToLogConfig();

        Assert.Equal((deletes, compacts), (config.DeletesOldSegments, config.Validation.IsCompacted));
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("compression.type=uncompressed", CompressionCodec.None, null)]
    [InlineData("compression.type=gzip;compression.gzip.level=7", CompressionCodec.Gzip, 7)]
    [InlineData("compression.type=lz4", CompressionCodec.Lz4, 9)]
    [InlineData("compression.type=zstd", CompressionCodec.Zstd, 3)]
    public void ToLogConfig_Compression_GivesCodecAndItsLevel(string topic, CompressionCodec? codec, int? level)
    {
        var rules = Settings(topic, "").ToLogConfig().Validation;

        Assert.Equal((codec, level), (rules.TargetCodec, rules.CompressionLevel));
    }

    [Theory]
    [InlineData("", "", long.MaxValue)]
    [InlineData("", "log.flush.scheduler.interval.ms=9", 9)]
    [InlineData("", "log.flush.scheduler.interval.ms=9;log.flush.interval.ms=8", 8)]
    [InlineData("flush.ms=7", "log.flush.scheduler.interval.ms=9;log.flush.interval.ms=8", 7)]
    public void ToLogConfig_Flush_TakesTopicThenIntervalThenScheduler(string topic, string broker, long expectedMs) =>
        Assert.Equal(expectedMs, Settings(topic, broker).ToLogConfig().FlushMs);

    [Fact]
    public void ToLogConfig_SettingThatAnotherVersionWrote_HasTheBrokersValue()
    {
        var settings = new TopicSettings(new Dictionary<string, string> { ["retention.ms"] = "soon", ["colour"] = "blue", ["segment.bytes"] = "2000000" }, ConfigValues.Empty);

        Assert.Equal((168 * HourMs, 2_000_000), (settings.ToLogConfig().RetentionMs, settings.ToLogConfig().SegmentBytes));
    }

    [Fact]
    public void Fault_LagsThatDoNotGoTogether_AreNamed()
    {
        Assert.Null(Settings("min.compaction.lag.ms=5;max.compaction.lag.ms=5", "").Fault());
        Assert.Contains("max.compaction.lag.ms=5", Settings("min.compaction.lag.ms=6", "log.cleaner.max.compaction.lag.ms=5").Fault(), StringComparison.Ordinal);
    }

    private static TopicSettings Settings(string topic, string broker)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        foreach (var assignment in broker.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            reader.AddAssignment(assignment);
        }

        Assert.Empty(reader.Faults.Concat(reader.Warnings));
        var own = topic.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=')).ToDictionary(each => each[0], each => each[1]);
        Assert.All(own, setting => Assert.Null(BrokerSettings.TopicConfigFault(setting.Key, setting.Value)));
        return new TopicSettings(own, reader.Build());
    }
}
