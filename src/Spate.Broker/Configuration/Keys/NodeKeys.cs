namespace Spate.Broker.Configuration.Keys;

/// <summary>Who a node is, what it does in its cluster and where it keeps it.</summary>
public static class NodeKeys
{
    public static ConfigKey<int> NodeId { get; } = ConfigKey.Int(
        "node.id", 1, 0, int.MaxValue, "The id of this node in its cluster. Kafka has no default; a node that is alone is node 1.");

    public static ConfigKey<int> BrokerId { get; } = ConfigKey.Int("broker.id", -1, -1, int.MaxValue, "The older name of node.id; -1 says nothing.");

    public static ConfigKey<IReadOnlyList<string>> ProcessRoles { get; } = ConfigKey.List(
        "process.roles", "broker,controller", ["broker", "controller"],
        "What this process does. Kafka has no default; here a node is always both, for it is a cluster by itself.");

    public static ConfigKey<IReadOnlyList<string>> QuorumVoters { get; } = ConfigKey.List(
        "controller.quorum.voters", "", null, "The nodes that decide, as id@host:port. A cluster has one node in this version, so none but this one may be named.");

    public static ConfigKey<IReadOnlyList<string>> QuorumBootstrapServers { get; } = ConfigKey.List(
        "controller.quorum.bootstrap.servers", "", null, "Where the nodes that decide are found. A cluster has one node in this version, so at most one may be named.");

    public static ConfigKey<IReadOnlyList<string>> ControllerListenerNames { get; } = ConfigKey.List(
        "controller.listener.names", null, null,
        "The listeners that nodes which decide speak to each other by. A quorum of one needs none: listeners of these names are not opened.");

    public static ConfigKey<string?> Rack { get; } = ConfigKey.Free(
        "broker.rack", null, "The rack or zone that this broker stands in, for clients that read from a replica near to them.");

    public static ConfigKey<IReadOnlyList<string>> LogDirs { get; } = ConfigKey.List(
        "log.dirs", "data", null, "The directories that hold the logs, separated by commas; by default ./data, where Kafka takes /tmp/kafka-logs.");

    public static ConfigKey<string?> LogDir { get; } = ConfigKey.Free(
        "log.dir", null, "The older name of log.dirs, which wins over it; the default stands there, where Kafka has it here.");

    public static ConfigKey<string?> MetadataLogDir { get; } = ConfigKey.Free(
        "metadata.log.dir", null, "The directory, one of log.dirs, in which a new log of decisions is begun; by default the first. One that is there stays where it is.");

    public static ConfigKey<string> AuthorizerClassName { get; } = ConfigKey.Only(
        "authorizer.class.name", ConfigType.Text, "", "Who decides what a client may do. Security comes with a later version; until then nobody does, and a broker that is to have an authorizer does not start.",
        "asks for an authorizer, and security comes with a later version; without the setting every client may do everything");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        NodeId, BrokerId, ProcessRoles, QuorumVoters, QuorumBootstrapServers, ControllerListenerNames, Rack, LogDirs, LogDir, MetadataLogDir,
        AuthorizerClassName,
    ];
}
