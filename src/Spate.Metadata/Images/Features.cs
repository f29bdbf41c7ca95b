namespace Spate.Metadata.Images;

/// <summary>
/// The features of a cluster that this version knows, with the levels that it can run with. A feature whose highest level is 0 is one of
/// Kafka's that is not here yet: it is known by its name, cannot be switched on, and is not told to clients.
/// </summary>
public static class Features
{
    /// <summary>In which versions decisions are written: <see cref="Images.MetadataVersion"/>.</summary>
    public const string MetadataVersion = "metadata.version";

    /// <summary>The consumer group protocol of KIP-848.</summary>
    public const string GroupVersion = "group.version";

    /// <summary>The transactions of KIP-890.</summary>
    public const string TransactionVersion = "transaction.version";

    /// <summary>The share groups of KIP-932.</summary>
    public const string ShareVersion = "share.version";

    /// <summary>The streams groups of KIP-1071.</summary>
    public const string StreamsVersion = "streams.version";

    /// <summary>The eligible leader replicas of KIP-966.</summary>
    public const string EligibleLeaderReplicasVersion = "eligible.leader.replicas.version";

    /// <summary>The quorum of controllers that can change, of KIP-853.</summary>
    public const string KRaftVersion = "kraft.version";

    /// <summary>All of them. A fresh cluster begins with the highest level of each.</summary>
    public static IReadOnlyList<FeatureRange> All { get; } =
    [
        new FeatureRange(MetadataVersion, Images.MetadataVersion.Lowest, Images.MetadataVersion.Latest),
        new FeatureRange(EligibleLeaderReplicasVersion, 0, 0),
        new FeatureRange(GroupVersion, 0, 1),
        new FeatureRange(KRaftVersion, 0, 0),
        new FeatureRange(ShareVersion, 0, 1),
        new FeatureRange(StreamsVersion, 0, 1),
        new FeatureRange(TransactionVersion, 0, 2),
    ];

    /// <summary>Those that can be switched on: what a broker registers with and tells its clients.</summary>
    public static IReadOnlyList<FeatureRange> Supported { get; } = [.. All.Where(range => range.Highest > 0)];

    /// <summary>The levels of a feature, or null when nothing is known of it.</summary>
    public static FeatureRange? Find(string name) => All.FirstOrDefault(range => string.Equals(range.Name, name, StringComparison.Ordinal));
}
