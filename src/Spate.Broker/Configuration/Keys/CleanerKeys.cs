namespace Spate.Broker.Configuration.Keys;

/// <summary>The cleaner, which compacts logs. All but the switch may be changed while it runs.</summary>
public static class CleanerKeys
{
    private const ConfigUpdate Live = ConfigUpdate.ClusterWide;

    public static ConfigKey<bool> Enable { get; } = ConfigKey.Flag(
        "log.cleaner.enable", true, "Whether logs are compacted at all. Kafka gives it up with version 5; log.cleaner.threads=0 says the same.");

    public static ConfigKey<int> Threads { get; } = ConfigKey.Int(
        "log.cleaner.threads", 1, 0, 1024, "Threads that compact logs; 0 compacts none.", Live);

    public static ConfigKey<long> BackoffMs { get; } = ConfigKey.Long(
        "log.cleaner.backoff.ms", 15000, 0, long.MaxValue, "How long the cleaner rests when no log needs cleaning, in milliseconds.", Live);

    public static ConfigKey<long> DedupeBufferSize { get; } = ConfigKey.Long(
        "log.cleaner.dedupe.buffer.size", 134217728, 1048576, int.MaxValue, "Memory for the cleaner's map of keys, in bytes; it is taken only while a log is cleaned.", Live);

    public static ConfigKey<int> IoBufferSize { get; } = ConfigKey.Int(
        "log.cleaner.io.buffer.size", 524288, 4096, int.MaxValue, "Memory that a cleaner reads and writes through, in bytes; a larger batch takes more.", Live);

    public static ConfigKey<double> IoBufferLoadFactor { get; } = ConfigKey.Real(
        "log.cleaner.io.buffer.load.factor", 0.9, 0.01, 1, "How full the cleaner's map of keys may get; a fuller one holds more keys and takes longer.", Live);

    public static ConfigKey<double> IoMaxBytesPerSecond { get; } = ConfigKey.Real(
        "log.cleaner.io.max.bytes.per.second", double.MaxValue, 1, double.MaxValue, "The most that cleaners read and write in a second, all together, in bytes.", Live);

    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        Enable, Threads, BackoffMs, DedupeBufferSize, IoBufferSize, IoBufferLoadFactor, IoMaxBytesPerSecond,
    ];
}
