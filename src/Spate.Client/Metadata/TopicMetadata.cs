using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Metadata;

/// <summary>One topic as the cluster describes it. Immutable.</summary>
internal sealed class TopicMetadata
{
    public required string Name { get; init; }

    /// <summary>Zero from a broker that does not tell.</summary>
    public Uuid Id { get; init; }

    public bool IsInternal { get; init; }

    /// <summary>Why there is nothing more to say about it, or none.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>By index, without gaps.</summary>
    public IReadOnlyList<PartitionMetadata> Partitions { get; init; } = [];

    public TopicMetadata With(IReadOnlyList<PartitionMetadata> partitions) =>
        new() { Name = Name, Id = Id, IsInternal = IsInternal, Error = Error, Partitions = partitions };

    /// <summary>The partition, or null when there is none of that index.</summary>
    public PartitionMetadata? Find(int partition) => (uint)partition < (uint)Partitions.Count ? Partitions[partition] : null;
}
