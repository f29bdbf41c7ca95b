namespace Spate.Metadata.Images;

/// <summary>
/// The levels of the feature <c>metadata.version</c>, by Kafka's numbers and names: at which level a cluster runs says in which versions its
/// decisions are written, so that a node that knows nothing newer can read them.
/// </summary>
public static class MetadataVersion
{
    /// <summary>3.3-IV3, the first that a cluster without ZooKeeper can run with in Kafka 4.</summary>
    public const short Lowest = 7;

    /// <summary>3.4-IV0: a broker that registers says whether it is migrating from ZooKeeper.</summary>
    public const short Migration = 8;

    /// <summary>3.7-IV2: replicas and brokers name their log directories (KIP-858).</summary>
    public const short Directories = 17;

    /// <summary>4.0-IV1: partitions name their eligible leaders (KIP-966).</summary>
    public const short EligibleLeaders = 23;

    /// <summary>4.2-IV1, that of Kafka 4.2.</summary>
    public const short Latest = 29;

    private static readonly string[] Names =
    [
        "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0", "3.7-IV1", "3.7-IV2", "3.7-IV3",
        "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2", "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1",
    ];

    /// <summary>The levels with which records came or got other fields: below one of them what they say could not be written down any more.</summary>
    private static readonly short[] Changes = [Migration, 11, 13, 14, 15, Directories, EligibleLeaders];

    /// <summary>The name of a level, such as <c>4.2-IV1</c>.</summary>
    public static string NameOf(short level) => level is >= Lowest and <= Latest
        ? Names[level - Lowest]
        : throw new ArgumentOutOfRangeException(nameof(level), level, "There is no such level.");

    /// <summary>Whether decisions may say something at the higher level that cannot be written at the lower one.</summary>
    public static bool IsLossy(short higher, short lower) => Array.Exists(Changes, change => change <= higher && change > lower);
}
