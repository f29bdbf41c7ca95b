using Spate.Client.Sharing;

namespace Spate.Client.Hosting.Configuration;

/// <summary>What a configuration can say of <see cref="ShareConsumerOptions"/>.</summary>
internal static class ShareConsumerSettings
{
    public static SettingTable<ShareConsumerOptions> Table { get; } = new SettingTable<ShareConsumerOptions>()
        .Text("GroupId", "group.id", static (options, value) => options with { GroupId = value })
        .Choice(
            "AcknowledgeMode", "share.acknowledgement.mode", static (options, value) => options with { AcknowledgeMode = value },
            ("implicit", AcknowledgeMode.Implicit), ("explicit", AcknowledgeMode.Explicit))
        .Choice(
            "AcquireMode", "share.acquire.mode", static (options, value) => options with { AcquireMode = value },
            ("batch_optimized", ShareAcquireMode.BatchOptimized), ("record_limit", ShareAcquireMode.RecordLimit), ("BatchOptimized", ShareAcquireMode.BatchOptimized), ("RecordLimit", ShareAcquireMode.RecordLimit))
        .Int32("MaxRecords", "max.poll.records", static (options, value) => options with { MaxRecords = value })
        .Time("MaxWait", "fetch.max.wait.ms", static (options, value) => options with { MaxWait = value })
        .Int32("MinBytes", "fetch.min.bytes", static (options, value) => options with { MinBytes = value })
        .Int32("MaxBytes", "fetch.max.bytes", static (options, value) => options with { MaxBytes = value })
        .Time("AcknowledgeLinger", null, static (options, value) => options with { AcknowledgeLinger = value })
        .Text("ClientRack", "client.rack", static (options, value) => options with { ClientRack = value })
        .Int32("BatchBytesMax", null, static (options, value) => options with { BatchBytesMax = value })
        .Choice(
            "UnreadableRecords", null, static (options, value) => options with { UnreadableRecords = value },
            ("reject", UnreadableRecords.Reject), ("release", UnreadableRecords.Release));
}
