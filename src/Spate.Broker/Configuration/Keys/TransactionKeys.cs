namespace Spate.Broker.Configuration.Keys;

/// <summary>Transactions: known, and without effect until a producer can begin one.</summary>
public static class TransactionKeys
{
    private const string Why = "Transactions come with a later version; until then no producer can begin one.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("transaction.abort.timed.out.transaction.cleanup.interval.ms", ConfigType.Int, "10000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.max.timeout.ms", ConfigType.Int, "900000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.partition.verification.enable", ConfigType.Boolean, "true", ConfigUpdate.ClusterWide, Why),
        ConfigKey.Inert("transaction.remove.expired.transaction.cleanup.interval.ms", ConfigType.Int, "3600000", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.state.log.load.buffer.size", ConfigType.Int, "5242880", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.state.log.min.isr", ConfigType.Int, "2", ConfigUpdate.ReadOnly, Why, soAnyhow: "1"),
        ConfigKey.Inert("transaction.state.log.num.partitions", ConfigType.Int, "50", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.state.log.replication.factor", ConfigType.Short, "3", ConfigUpdate.ReadOnly, Why, soAnyhow: "1"),
        ConfigKey.Inert("transaction.state.log.segment.bytes", ConfigType.Int, "104857600", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transaction.two.phase.commit.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, Why),
        ConfigKey.Inert("transactional.id.expiration.ms", ConfigType.Int, "604800000", ConfigUpdate.ReadOnly, Why),
    ];
}
