namespace Spate.Client.Administration;

/// <summary>A topic to be created.</summary>
/// <param name="Name">Up to 249 letters, digits, dots, dashes and underscores.</param>
public sealed record NewTopic(string Name)
{
    /// <summary>Partitions; null, the default, for the broker's <c>num.partitions</c>.</summary>
    public int? Partitions { get; init; }

    /// <summary>Replicas of each partition; null, the default, for the broker's <c>default.replication.factor</c>.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Settings of the topic, such as <c>cleanup.policy</c>; none by default.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
