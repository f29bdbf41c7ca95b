namespace Spate.Broker.Configuration.Keys;

/// <summary>Replicas on several nodes: known, and without effect as long as a node is alone.</summary>
public static class ReplicationKeys
{
    private const string Why = "Replication comes with a later version; a node that is alone has nobody to copy from or to hand its partitions to.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("auto.leader.rebalance.enable", ConfigType.Boolean, "true", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("controlled.shutdown.enable", ConfigType.Boolean, "true", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("leader.imbalance.check.interval.seconds", ConfigType.Long, "300", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("leader.imbalance.per.broker.percentage", ConfigType.Int, "10", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("num.replica.fetchers", ConfigType.Int, "1", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("replica.fetch.backoff.ms", ConfigType.Int, "1000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.fetch.max.bytes", ConfigType.Int, "1048576", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.fetch.min.bytes", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.fetch.response.max.bytes", ConfigType.Int, "10485760", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.fetch.wait.max.ms", ConfigType.Int, "500", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.lag.time.max.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.selector.class", ConfigType.Text, null, ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.socket.receive.buffer.bytes", ConfigType.Int, "65536", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("replica.socket.timeout.ms", ConfigType.Int, "30000", ConfigUpdate.ReadOnly, Why),
    ];
}
