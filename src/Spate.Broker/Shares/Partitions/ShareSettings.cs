using System.Collections.Immutable;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Coordination.Shares.Partitions;

namespace Spate.Broker.Shares.Partitions;

/// <summary>What a leader of partitions goes by for one share group: what was set for the group, else what the broker says. Immutable.</summary>
internal sealed class ShareSettings
{
    private readonly ImmutableSortedDictionary<string, string> _own;
    private readonly ConfigValues _broker;

    public ShareSettings(ImmutableSortedDictionary<string, string> own, ConfigValues broker)
    {
        (_own, _broker) = (own, broker);
        var given = new ConfigValues(own);
        ReadCommitted = given.Get(GroupSettingKeys.ShareIsolationLevel) == "read_committed";
        OffsetReset = given.Get(GroupSettingKeys.ShareAutoOffsetReset) ?? "latest";
        Limits = new SharePartitionLimits
        {
            DeliveryCountLimit = broker.Get(ShareKeys.DeliveryCountLimit),
            RecordLocksMax = broker.Get(ShareKeys.PartitionMaxRecordLocks),
            LockDurationMs = GroupSettingKeys.NumberOf("share.record.lock.duration.ms", own, broker),
        };
    }

    /// <summary>Whether records of transactions are delivered only once these are committed.</summary>
    public bool ReadCommitted { get; }

    /// <summary>Where delivery begins in a partition that the group has not read yet: earliest, latest, or by_duration: and a duration.</summary>
    public string OffsetReset { get; }

    public SharePartitionLimits Limits { get; }

    /// <summary>Whether it was read from these very settings.</summary>
    public bool IsOf(ImmutableSortedDictionary<string, string> own, ConfigValues broker) => ReferenceEquals(_own, own) && ReferenceEquals(_broker, broker);
}
