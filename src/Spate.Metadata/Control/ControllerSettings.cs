namespace Spate.Metadata.Control;

/// <summary>What the controller goes by where a request leaves something open. Immutable.</summary>
public sealed record ControllerSettings
{
    /// <summary>The nodes that can hold replicas.</summary>
    public required IReadOnlyList<int> Nodes { get; init; }

    /// <summary>Partitions of a topic that is created without a number (<c>num.partitions</c>), from 1.</summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>Replicas of a topic that is created without a number (<c>default.replication.factor</c>), from 1.</summary>
    public int DefaultReplicationFactor { get; init; } = 1;

    /// <summary>
    /// Says in one sentence what is wrong with a topic's setting (its name, then its value), or returns null when nothing is.
    /// </summary>
    public required Func<string, string?, string?> TopicConfigFault { get; init; }

    /// <summary>
    /// Says in one sentence what is wrong with a topic's settings when they are seen together, each being right by itself, or returns null
    /// when nothing is.
    /// </summary>
    public Func<IReadOnlyDictionary<string, string>, string?> TopicConfigsFault { get; init; } = static _ => null;
}
