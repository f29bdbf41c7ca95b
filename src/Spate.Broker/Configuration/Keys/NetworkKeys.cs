namespace Spate.Broker.Configuration.Keys;

/// <summary>Listeners and what goes over their connections.</summary>
public static class NetworkKeys
{
    public static ConfigKey<IReadOnlyList<string>> Listeners { get; } = ConfigKey.List(
        "listeners", "PLAINTEXT://127.0.0.1:9092", null,
        "Where the broker listens, as NAME://host:port, separated by commas. Without a setting only this machine can connect, for nothing "
        + "protects the listener; an empty host means every interface. Kafka can change it while it runs; here it takes a restart.");

    public static ConfigKey<IReadOnlyList<string>> AdvertisedListeners { get; } = ConfigKey.List(
        "advertised.listeners", null, null,
        "The addresses that clients are told to connect to, as NAME://host:port; by default those of 'listeners'.", ConfigUpdate.PerBroker);

    public static ConfigKey<string?> ListenerSecurityProtocolMap { get; } = ConfigKey.Free(
        "listener.security.protocol.map", "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT",
        "Which protocol a listener of a name speaks, as NAME:PROTOCOL, separated by commas. PLAINTEXT is the only one that this version has. "
        + "Kafka can change it while it runs; here it takes a restart.");

    public static ConfigKey<string?> InterBrokerListenerName { get; } = ConfigKey.Free(
        "inter.broker.listener.name", null, "The listener that brokers reach each other by; it must be one of 'listeners'. A node that is alone has nobody to reach.");

    public static ConfigKey<string> SecurityInterBrokerProtocol { get; } = ConfigKey.Only(
        "security.inter.broker.protocol", ConfigType.Text, "PLAINTEXT", "How brokers speak to each other. PLAINTEXT is the only protocol that this version has.",
        "asks for a protocol other than PLAINTEXT, and security comes with a later version");

    public static ConfigKey<int> ListenBacklog { get; } = ConfigKey.Int(
        "socket.listen.backlog.size", 1024, 1, 65535,
        "Connections that may wait to be accepted. Kafka takes 50, which refuses clients when many come at once.");

    public static ConfigKey<int> SocketSendBufferBytes { get; } = ConfigKey.Int(
        "socket.send.buffer.bytes", -1, -1, int.MaxValue,
        "The system's send buffer of a connection, in bytes; -1 leaves it to the system, which lets it grow with the traffic. Kafka takes 102400.");

    public static ConfigKey<int> SocketReceiveBufferBytes { get; } = ConfigKey.Int(
        "socket.receive.buffer.bytes", -1, -1, int.MaxValue,
        "The system's receive buffer of a connection, in bytes; -1 leaves it to the system, which lets it grow with the traffic. Kafka takes 102400, which costs twice the processor time.");

    public static ConfigKey<int> SocketRequestMaxBytes { get; } = ConfigKey.Int(
        "socket.request.max.bytes", 104857600, 1, int.MaxValue - 4, "The largest request, in bytes; a connection that announces a larger one is closed.");

    public static ConfigKey<long> ConnectionsMaxIdleMs { get; } = ConfigKey.Long(
        "connections.max.idle.ms", 600000, -1, long.MaxValue, "A connection on which nothing moves for so many milliseconds is closed; -1 never closes one.");

    public static ConfigKey<long> QueuedMaxRequestBytes { get; } = ConfigKey.Long(
        "queued.max.request.bytes", -1, -1, long.MaxValue,
        "Bytes of requests that may be in memory at once over all connections; -1 takes a share of the machine's memory, where Kafka has no bound.");

    public static ConfigKey<int> FetchMaxBytes { get; } = ConfigKey.Int(
        "fetch.max.bytes", 57671680, 1024, int.MaxValue, "The most record bytes in one fetch response, whatever the client asks for.");

    public static ConfigKey<int> FetchSessionSlots { get; } = ConfigKey.Int(
        "max.incremental.fetch.session.cache.slots", 1000, 0, int.MaxValue,
        "The most fetch sessions that are kept; clients without one say with every fetch all that they want.");

    public static ConfigKey<int> MaxRequestPartitionSizeLimit { get; } = ConfigKey.Int(
        "max.request.partition.size.limit", 2000, 1, int.MaxValue, "The most partitions in one response to DescribeTopicPartitions, whatever the client asks for.");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        Listeners, AdvertisedListeners, ListenerSecurityProtocolMap, InterBrokerListenerName, SecurityInterBrokerProtocol, ListenBacklog,
        SocketSendBufferBytes, SocketReceiveBufferBytes, SocketRequestMaxBytes, ConnectionsMaxIdleMs, QueuedMaxRequestBytes, FetchMaxBytes,
        FetchSessionSlots, MaxRequestPartitionSizeLimit,
    ];
}
