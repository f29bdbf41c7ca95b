namespace Spate.Broker.Configuration.Keys;

/// <summary>The log of decisions.</summary>
public static class MetadataKeys
{
    public static ConfigKey<long> SnapshotRecordBytesMax { get; } = ConfigKey.Long(
        "metadata.log.max.record.bytes.between.snapshots", 20_971_520, 1, long.MaxValue, "Bytes of decisions since the last snapshot after which another is taken.");

    public static ConfigKey<long> SnapshotIntervalMs { get; } = ConfigKey.Long(
        "metadata.log.max.snapshot.interval.ms", 3_600_000, 0, long.MaxValue,
        "Time since the last snapshot after which another is taken as soon as something is decided, in milliseconds; 0 leaves it to the bytes.");

    public static IReadOnlyList<ConfigKey> All { get; } = [SnapshotRecordBytesMax, SnapshotIntervalMs];
}
