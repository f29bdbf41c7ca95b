namespace Spate.Broker.Configuration.Keys;

/// <summary>Quotas and throttles: known, and without effect until somebody is slowed down.</summary>
public static class QuotaKeys
{
    private const string Clients = "Quotas come with a later version; until then no client is slowed down.";
    private const string Replicas = "Replication comes with a later version, and its throttles with it.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("client.quota.callback.class", ConfigType.Class, null, ConfigUpdate.ReadOnly, Clients),
        ConfigKey.Inert("controller.quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Clients),
        ConfigKey.Inert("controller.quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Clients),
        ConfigKey.Inert("quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Clients),
        ConfigKey.Inert("quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Clients),
        ConfigKey.Inert("alter.log.dirs.replication.quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Replicas),
        ConfigKey.Inert("alter.log.dirs.replication.quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Replicas),
        ConfigKey.Inert("follower.replication.throttled.rate", ConfigType.Long, "9223372036854775807", ConfigUpdate.ClusterWide, Replicas),
        ConfigKey.Inert("leader.replication.throttled.rate", ConfigType.Long, "9223372036854775807", ConfigUpdate.ClusterWide, Replicas),
        ConfigKey.Inert("replication.quota.window.num", ConfigType.Int, "11", ConfigUpdate.ReadOnly, Replicas),
        ConfigKey.Inert("replication.quota.window.size.seconds", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Replicas),
    ];
}
