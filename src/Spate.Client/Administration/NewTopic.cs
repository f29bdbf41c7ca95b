namespace Spate.Client.Administration;

/// <summary>A topic to be created. Immutable.</summary>
/// <param name="Name">Up to 249 letters, digits, dots, dashes and underscores.</param>
public sealed record NewTopic(string Name)
{
    /// <summary>
    /// Partitions, from 1; null, the default, for the broker's <c>num.partitions</c>, which brokers since Kafka 2.4 know what to do with. Left null together
    /// with <see cref="Assignments"/>.
    /// </summary>
    public int? Partitions { get; init; }

    /// <summary>
    /// Replicas of each partition, from 1 to the number of brokers; null, the default, for the broker's <c>default.replication.factor</c>, which brokers since Kafka 2.4 know what to do
    /// with. Left null together with <see cref="Assignments"/>.
    /// </summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>The brokers of each partition, from partition 0 on, the preferred leader first; null, the default, to have the cluster choose.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }

    /// <summary>Settings of the topic, such as <c>cleanup.policy</c>; none by default.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
