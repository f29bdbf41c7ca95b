namespace Spate.Broker.Configuration.Keys;

/// <summary>Transactions and the topic that keeps their state.</summary>
public static class TransactionKeys
{
    private const string Alone = "A node that is alone keeps one copy of everything.";
    private const string NoTwoPhases = "Transactions that another system prepares come with a later version.";

    public static ConfigKey<int> TimeoutCheckIntervalMs { get; } = ConfigKey.Int(
        "transaction.abort.timed.out.transaction.cleanup.interval.ms", 10000, 1, int.MaxValue,
        "How often transactions are looked over for those that have lasted longer than their producer said, in milliseconds.");

    public static ConfigKey<int> MaxTimeoutMs { get; } = ConfigKey.Int(
        "transaction.max.timeout.ms", 900000, 1, int.MaxValue, "The longest time that a producer may ask for a transaction to last, in milliseconds.");

    public static ConfigKey<bool> VerifiesPartitions { get; } = ConfigKey.Flag(
        "transaction.partition.verification.enable", true,
        "Whether a transaction's coordinator is asked before the first record of it goes into a partition, where the producer was to say so itself.",
        ConfigUpdate.ClusterWide);

    public static ConfigKey<int> ExpiryCheckIntervalMs { get; } = ConfigKey.Int(
        "transaction.remove.expired.transaction.cleanup.interval.ms", 3600000, 1, int.MaxValue,
        "How often transactional ids are looked over for those that nobody uses any more, in milliseconds.");

    public static ConfigKey<int> LoadBufferSize { get; } = ConfigKey.Int(
        "transaction.state.log.load.buffer.size", 5242880, 1, int.MaxValue,
        "Bytes of the topic that keeps the state of transactions that are read at a time when a broker takes it over; a batch that is larger is read whole.");

    public static ConfigKey<int> Partitions { get; } = ConfigKey.Int(
        "transaction.state.log.num.partitions", 50, 1, 100000, "Partitions of the topic that keeps the state of transactions; fixed once that topic is there.");

    public static ConfigKey<int> SegmentBytes { get; } = ConfigKey.Int(
        "transaction.state.log.segment.bytes", 104857600, 1_048_576, int.MaxValue,
        "Bytes of a segment of the topic that keeps the state of transactions; the least is that of every topic.");

    public static ConfigKey<int> IdExpirationMs { get; } = ConfigKey.Int(
        "transactional.id.expiration.ms", 604800000, 1, int.MaxValue, "How long a transactional id is remembered that nobody uses, in milliseconds.");

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        TimeoutCheckIntervalMs, MaxTimeoutMs, VerifiesPartitions, ExpiryCheckIntervalMs, LoadBufferSize, Partitions, SegmentBytes, IdExpirationMs,
        ConfigKey.Inert("transaction.state.log.min.isr", ConfigType.Int, "2", ConfigUpdate.ReadOnly, Alone, soAnyhow: "1"),
        ConfigKey.Inert("transaction.state.log.replication.factor", ConfigType.Short, "3", ConfigUpdate.ReadOnly, Alone, soAnyhow: "1"),
        ConfigKey.Inert("transaction.two.phase.commit.enable", ConfigType.Boolean, "false", ConfigUpdate.ReadOnly, NoTwoPhases),
    ];
}
