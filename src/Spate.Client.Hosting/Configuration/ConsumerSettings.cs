using System.Xml;
using Spate.Client.Consuming;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of <see cref="ConsumerOptions"/>.</summary>
internal static class ConsumerSettings
{
    private const string ByDuration = "by_duration:";

    public static SettingTable<ConsumerOptions> Table { get; } = new SettingTable<ConsumerOptions>()
        .Add("OffsetReset", "auto.offset.reset", static (options, text, _) => ReadReset(text) is { } reset ? options with { OffsetReset = reset } : null, "one of earliest, latest, none, or by_duration: with a time such as P7D")
        .Choice(
            "IsolationLevel", "isolation.level", static (options, value) => options with { IsolationLevel = value },
            ("read_uncommitted", IsolationLevel.ReadUncommitted), ("read_committed", IsolationLevel.ReadCommitted), ("ReadUncommitted", IsolationLevel.ReadUncommitted), ("ReadCommitted", IsolationLevel.ReadCommitted))
        .Time("FetchMaxWait", "fetch.max.wait.ms", static (options, value) => options with { FetchMaxWait = value })
        .Int32("FetchMinBytes", "fetch.min.bytes", static (options, value) => options with { FetchMinBytes = value })
        .Int32("FetchMaxBytes", "fetch.max.bytes", static (options, value) => options with { FetchMaxBytes = value })
        .Int32("PartitionFetchBytes", "max.partition.fetch.bytes", static (options, value) => options with { PartitionFetchBytes = value })
        .Int64("PrefetchBytes", null, static (options, value) => options with { PrefetchBytes = value })
        .Int32("BatchBytesMax", null, static (options, value) => options with { BatchBytesMax = value });

    private static OffsetReset? ReadReset(string text)
    {
        switch (text.ToLowerInvariant())
        {
            case "earliest":
                return OffsetReset.Earliest;
            case "latest":
                return OffsetReset.Latest;
            case "none" or "fail":
                return OffsetReset.Fail;
        }

        if (!text.StartsWith(ByDuration, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return OffsetReset.ByAge(XmlConvert.ToTimeSpan(text[ByDuration.Length..]));
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
