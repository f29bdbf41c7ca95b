namespace Spate.Broker.Configuration.Keys;

/// <summary>Segments in remote storage: known, and without effect until there is such a storage.</summary>
public static class RemoteStorageKeys
{
    private const string Why = "Remote storage comes with a later version; every segment stays on this machine.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("remote.fetch.max.wait.ms", ConfigType.Int, "500", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("remote.list.offsets.request.timeout.ms", ConfigType.Long, "30000", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("remote.log.index.file.cache.total.size.bytes", ConfigType.Long, "1073741824", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("remote.log.manager.copier.thread.pool.size", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.copy.max.bytes.per.second", ConfigType.Long, "9223372036854775807", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("remote.log.manager.copy.quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.copy.quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.expiration.thread.pool.size", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.fetch.max.bytes.per.second", ConfigType.Long, "9223372036854775807", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("remote.log.manager.fetch.quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.fetch.quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.follower.thread.pool.size", ConfigType.Int, "2", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.task.interval.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.manager.thread.pool.size", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.metadata.custom.metadata.max.bytes", ConfigType.Int, "128", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.metadata.manager.class.name", ConfigType.Text, "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.metadata.manager.class.path", ConfigType.Text, null, ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.metadata.manager.impl.prefix", ConfigType.Text, "rlmm.config.", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.metadata.manager.listener.name", ConfigType.Text, null, ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.reader.max.pending.tasks", ConfigType.Int, "100", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.reader.threads", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.storage.manager.class.name", ConfigType.Text, null, ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.storage.manager.class.path", ConfigType.Text, null, ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.storage.manager.impl.prefix", ConfigType.Text, "rsm.config.", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("remote.log.storage.system.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, Why),
    ];
}
