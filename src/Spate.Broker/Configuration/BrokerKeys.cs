using System.Collections.Frozen;
using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Configuration;

/// <summary>
/// The settings of a broker. Names and defaults are Kafka's; where a default differs, its meaning says why. Each is declared in the file of
/// its area; those that are asked for by name have a short way to them here.
/// </summary>
public static class BrokerKeys
{
    /// <summary>All of them, those of topics with their broker-wide names among them.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        .. NodeKeys.All,
        .. NetworkKeys.All,
        .. ConnectionKeys.All,
        .. LogKeys.All,
        .. TopicKeys.BrokerDefaults,
        .. CleanerKeys.All,
        .. MetadataKeys.All,
        .. GroupKeys.All,
        .. NewerGroupKeys.All,
        .. ShareKeys.All,
        .. MetricsKeys.All,
        .. RuntimeKeys.All,
        .. ReporterKeys.All,
        .. QuorumKeys.All,
        .. ReplicationKeys.All,
        .. QuotaKeys.All,
        .. TransactionKeys.All,
        .. RemoteStorageKeys.All,
        .. SecurityKeys.All,
    ];

    private static readonly FrozenDictionary<string, ConfigKey> ByName = All.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);

    private static readonly List<List<string>> Families =
    [
        [TopicKeys.LogRetentionMs.Name, TopicKeys.LogRetentionMinutes.Name, TopicKeys.LogRetentionHours.Name],
        [TopicKeys.LogRollMs.Name, TopicKeys.LogRollHours.Name],
        [TopicKeys.LogRollJitterMs.Name, TopicKeys.LogRollJitterHours.Name],
        [TopicKeys.LogFlushIntervalMs.Name, TopicKeys.LogFlushSchedulerIntervalMs.Name],
    ];

    public static ConfigKey<int> NodeId => NodeKeys.NodeId;

    public static ConfigKey<IReadOnlyList<string>> Listeners => NetworkKeys.Listeners;

    public static ConfigKey<IReadOnlyList<string>> AdvertisedListeners => NetworkKeys.AdvertisedListeners;

    public static ConfigKey<IReadOnlyList<string>> LogDirs => NodeKeys.LogDirs;

    public static ConfigKey<int> NumPartitions => LogKeys.NumPartitions;

    public static ConfigKey<int> DefaultReplicationFactor => LogKeys.DefaultReplicationFactor;

    public static ConfigKey<bool> AutoCreateTopics => LogKeys.AutoCreateTopics;

    public static ConfigKey<bool> DeleteTopicEnable => LogKeys.DeleteTopics;

    public static ConfigKey<long> ReplicaAlterLogDirsIoMaxBytesPerSecond => LogKeys.MoveMaxBytesPerSecond;

    public static ConfigKey<int?> NumReplicaAlterLogDirsThreads => LogKeys.MoveThreads;

    public static ConfigKey<int> MaxRequestPartitionSizeLimit => NetworkKeys.MaxRequestPartitionSizeLimit;

    public static ConfigKey<int> RecoveryThreadsPerDirectory => LogKeys.RecoveryThreadsPerDirectory;

    public static ConfigKey<int> ListenBacklog => NetworkKeys.ListenBacklog;

    public static ConfigKey<int> SocketSendBufferBytes => NetworkKeys.SocketSendBufferBytes;

    public static ConfigKey<int> SocketReceiveBufferBytes => NetworkKeys.SocketReceiveBufferBytes;

    public static ConfigKey<int> SocketRequestMaxBytes => NetworkKeys.SocketRequestMaxBytes;

    public static ConfigKey<long> ConnectionsMaxIdleMs => NetworkKeys.ConnectionsMaxIdleMs;

    public static ConfigKey<long> QueuedMaxRequestBytes => NetworkKeys.QueuedMaxRequestBytes;

    public static ConfigKey<int> FetchSessionSlots => NetworkKeys.FetchSessionSlots;

    public static ConfigKey<int> FetchMaxBytes => NetworkKeys.FetchMaxBytes;

    public static ConfigKey<long> LogRetentionCheckIntervalMs => LogKeys.RetentionCheckIntervalMs;

    public static ConfigKey<long> LogCleanerBackoffMs => CleanerKeys.BackoffMs;

    public static ConfigKey<long> LogCleanerDedupeBufferSize => CleanerKeys.DedupeBufferSize;

    public static ConfigKey<int> LogCleanerThreads => CleanerKeys.Threads;

    public static ConfigKey<int> LogCleanerIoBufferSize => CleanerKeys.IoBufferSize;

    public static ConfigKey<double> LogCleanerIoBufferLoadFactor => CleanerKeys.IoBufferLoadFactor;

    public static ConfigKey<double> LogCleanerIoMaxBytesPerSecond => CleanerKeys.IoMaxBytesPerSecond;

    public static ConfigKey<int> LogFlushOffsetCheckpointIntervalMs => LogKeys.RecoveryPointCheckpointIntervalMs;

    public static ConfigKey<int> ProducerIdExpirationMs => LogKeys.ProducerIdExpirationMs;

    public static ConfigKey<int> OffsetsTopicPartitions => GroupKeys.OffsetsTopicPartitions;

    public static ConfigKey<int> OffsetsTopicSegmentBytes => GroupKeys.OffsetsTopicSegmentBytes;

    public static ConfigKey<int> OffsetMetadataMaxBytes => GroupKeys.OffsetMetadataMaxBytes;

    public static ConfigKey<int> GroupInitialRebalanceDelayMs => GroupKeys.InitialRebalanceDelayMs;

    public static ConfigKey<int> GroupMinSessionTimeoutMs => GroupKeys.MinSessionTimeoutMs;

    public static ConfigKey<int> GroupMaxSessionTimeoutMs => GroupKeys.MaxSessionTimeoutMs;

    public static ConfigKey<int> GroupMaxSize => GroupKeys.MaxSize;

    public static ConfigKey<int> OffsetsRetentionMinutes => GroupKeys.OffsetsRetentionMinutes;

    public static ConfigKey<long> OffsetsRetentionCheckIntervalMs => GroupKeys.OffsetsRetentionCheckIntervalMs;

    /// <summary>The setting of that name, that of a single listener among them, or null where brokers have none.</summary>
    public static ConfigKey? Find(string name) =>
        ByName.TryGetValue(name, out var key) ? key
        : ListenerPrefix.Split(name) is { } rest && ByName.TryGetValue(rest, out var common) && common.IsPerListener ? common.Named(name)
        : null;

    /// <summary>The settings that speak for one together, the one that wins first: the same duration comes in several units.</summary>
    public static IReadOnlyList<string> SynonymsOf(string name)
    {
        foreach (var family in Families)
        {
            var place = family.IndexOf(name);
            if (place >= 0)
            {
                return family[place..];
            }
        }

        return [name];
    }
}
