using System.Collections.Frozen;
using Spate.Protocol;

namespace Spate.Client.Metadata;

/// <summary>What was last heard of a cluster: its nodes, and the topics that somebody here cares about. Immutable.</summary>
internal sealed class ClusterMetadata
{
    public static ClusterMetadata Empty { get; } = new();

    public string? ClusterId { get; init; }

    /// <summary>The node that takes decisions, or one that passes them on; -1 when there is none.</summary>
    public int ControllerId { get; init; } = -1;

    public FrozenDictionary<int, NodeMetadata> Nodes { get; init; } = FrozenDictionary<int, NodeMetadata>.Empty;

    public FrozenDictionary<string, TopicMetadata> Topics { get; init; } = FrozenDictionary<string, TopicMetadata>.Empty;

    public PartitionMetadata? Find(TopicPartition partition) =>
        Topics.TryGetValue(partition.Topic, out var topic) ? topic.Find(partition.Partition) : null;

    /// <summary>A node as texts name it.</summary>
    public string NameOf(int nodeId) => Nodes.TryGetValue(nodeId, out var node) ? $"{nodeId} ({node.Address})" : $"{nodeId}";
}
