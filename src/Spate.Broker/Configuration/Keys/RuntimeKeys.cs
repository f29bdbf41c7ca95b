namespace Spate.Broker.Configuration.Keys;

/// <summary>Threads, timers and plug-ins of Kafka's own machinery: known, and without effect because this one works in another way.</summary>
public static class RuntimeKeys
{
    private const string Threads = "Connections and requests are served asynchronously by the runtime's own threads; there is no pool to size.";
    private const string Purgatory = "A request that waits is forgotten the moment it ends; there is nothing to purge.";
    private const string Outgoing = "This node opens no connections to other nodes.";
    private const string Java = "Classes of Java cannot be loaded here, and no policy of this name is enforced.";
    private const string Directories = "A directory whose disk fails goes offline at once, and the others go on.";
    private const string Tasks = "The work on logs begins with its first beat after the start.";
    private const string Unstable = "Only versions of requests that are final are offered.";

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        ConfigKey.Inert("background.threads", ConfigType.Int, "10", ConfigUpdate.ClusterWide, Threads),
        ConfigKey.Inert("num.io.threads", ConfigType.Int, "8", ConfigUpdate.ClusterWide, Threads),
        ConfigKey.Inert("num.network.threads", ConfigType.Int, "3", ConfigUpdate.ClusterWide, Threads),
        ConfigKey.Inert("delete.records.purgatory.purge.interval.requests", ConfigType.Int, "1", ConfigUpdate.ReadOnly, Purgatory),
        ConfigKey.Inert("fetch.purgatory.purge.interval.requests", ConfigType.Int, "1000", ConfigUpdate.ReadOnly, Purgatory),
        ConfigKey.Inert("producer.purgatory.purge.interval.requests", ConfigType.Int, "1000", ConfigUpdate.ReadOnly, Purgatory),
        ConfigKey.Inert("request.timeout.ms", ConfigType.Int, "30000", ConfigUpdate.ReadOnly, Outgoing),
        ConfigKey.Inert("socket.connection.setup.timeout.max.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Outgoing),
        ConfigKey.Inert("socket.connection.setup.timeout.ms", ConfigType.Long, "10000", ConfigUpdate.ReadOnly, Outgoing),
        ConfigKey.Inert("alter.config.policy.class.name", ConfigType.Class, null, ConfigUpdate.ReadOnly, Java),
        ConfigKey.Inert("create.topic.policy.class.name", ConfigType.Class, null, ConfigUpdate.ReadOnly, Java),
        ConfigKey.Inert("log.dir.failure.timeout.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Directories),
        ConfigKey.Inert("log.initial.task.delay.ms", ConfigType.Long, "30000", ConfigUpdate.ReadOnly, Tasks),
        ConfigKey.Inert("unstable.api.versions.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, Unstable),
        ConfigKey.Inert("unstable.feature.versions.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, Unstable),
    ];
}
