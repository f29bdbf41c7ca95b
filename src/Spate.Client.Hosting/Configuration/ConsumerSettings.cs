using System.Xml;
using Spate.Client.Consuming;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of <see cref="ConsumerOptions"/>.</summary>
internal static class ConsumerSettings
{
    private const string ByDuration = "by_duration:";

    // Kafka's own configurations name the classes of its client.
    private static readonly (string Name, string Class, IPartitionAssignor Assignor)[] Known =
    [
        ("range", "org.apache.kafka.clients.consumer.RangeAssignor", PartitionAssignors.Range),
        ("roundrobin", "org.apache.kafka.clients.consumer.RoundRobinAssignor", PartitionAssignors.RoundRobin),
        ("sticky", "org.apache.kafka.clients.consumer.StickyAssignor", PartitionAssignors.Sticky),
        ("cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", PartitionAssignors.CooperativeSticky),
    ];

    public static SettingTable<ConsumerOptions> Table { get; } = new SettingTable<ConsumerOptions>()
        .Text("GroupId", "group.id", static (options, value) => options with { GroupId = value })
        .Text("GroupInstanceId", "group.instance.id", static (options, value) => options with { GroupInstanceId = value })
        .Choice("GroupProtocol", "group.protocol", static (options, value) => options with { GroupProtocol = value }, ("classic", GroupProtocol.Classic), ("consumer", GroupProtocol.Consumer))
        .Add("Assignors", "partition.assignment.strategy", static (options, text, _) => ReadAssignors(text) is { } assignors ? options with { Assignors = assignors } : null, "a list of range, roundrobin, sticky, cooperative-sticky")
        .Text("RemoteAssignor", "group.remote.assignor", static (options, value) => options with { RemoteAssignor = value })
        .Time("SessionTimeout", "session.timeout.ms", static (options, value) => options with { SessionTimeout = value })
        .Time("HeartbeatInterval", "heartbeat.interval.ms", static (options, value) => options with { HeartbeatInterval = value })
        .Time("MaxPollInterval", "max.poll.interval.ms", static (options, value) => options with { MaxPollInterval = value })
        .Switch("AutoCommit", "enable.auto.commit", static (options, value) => options with { AutoCommit = value })
        .Time("AutoCommitInterval", "auto.commit.interval.ms", static (options, value) => options with { AutoCommitInterval = value })
        .Text("ClientRack", "client.rack", static (options, value) => options with { ClientRack = value })
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

    private static List<IPartitionAssignor>? ReadAssignors(string text)
    {
        var assignors = new List<IPartitionAssignor>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.Find(Known, assignor => name.Equals(assignor.Name, StringComparison.OrdinalIgnoreCase) || name == assignor.Class).Assignor is not { } known)
            {
                return null;
            }

            assignors.Add(known);
        }

        return assignors.Count == 0 ? null : assignors;
    }

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
