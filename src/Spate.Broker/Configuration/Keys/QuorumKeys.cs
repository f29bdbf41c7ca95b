namespace Spate.Broker.Configuration.Keys;

/// <summary>Elections and heartbeats among nodes: known, and without effect as long as a node is alone.</summary>
public static class QuorumKeys
{
    private const string Alone = "A quorum of one elects nobody, waits for nobody and sends no heartbeats.";
    private const string Log = "The log of decisions is kept whole in this version.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("broker.heartbeat.interval.ms", ConfigType.Int, "2000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("broker.session.timeout.ms", ConfigType.Int, "9000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.performance.always.log.threshold.ms", ConfigType.Long, "2000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.performance.sample.period.ms", ConfigType.Long, "60000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.append.linger.ms", ConfigType.Int, "25", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.auto.join.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.election.backoff.max.ms", ConfigType.Int, "1000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.election.timeout.ms", ConfigType.Int, "1000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.fetch.timeout.ms", ConfigType.Int, "2000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.request.timeout.ms", ConfigType.Int, "2000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("controller.quorum.retry.backoff.ms", ConfigType.Int, "20", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("initial.broker.registration.timeout.ms", ConfigType.Int, "60000", ConfigUpdate.ReadOnly, Alone),
        ConfigKey.Inert("metadata.log.max.record.bytes.between.snapshots", ConfigType.Long, "20971520", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.log.max.snapshot.interval.ms", ConfigType.Long, "3600000", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.log.segment.bytes", ConfigType.Int, "1073741824", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.log.segment.ms", ConfigType.Long, "604800000", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.max.idle.interval.ms", ConfigType.Int, "500", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.max.retention.bytes", ConfigType.Long, "104857600", ConfigUpdate.ReadOnly, Log),
        ConfigKey.Inert("metadata.max.retention.ms", ConfigType.Long, "604800000", ConfigUpdate.ReadOnly, Log),
    ];
}
