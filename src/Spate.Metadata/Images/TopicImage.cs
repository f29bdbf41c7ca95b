using System.Collections.Immutable;
using Spate.Protocol;

namespace Spate.Metadata.Images;

/// <summary>What is decided about one topic.</summary>
/// <param name="Id">The id that no other topic has or had, not even one of the same name.</param>
/// <param name="Name">The name that clients use.</param>
/// <param name="Partitions">Every partition, at its index.</param>
/// <param name="Config">The settings given to this topic, by name, as written; what is not here has the broker's default.</param>
public sealed record TopicImage(
    Uuid Id,
    string Name,
    ImmutableArray<PartitionImage> Partitions,
    ImmutableSortedDictionary<string, string> Config)
{
    /// <summary>The partition of that index, or null where the topic has none.</summary>
    public PartitionImage? FindPartition(int index) => (uint)index < (uint)Partitions.Length ? Partitions[index] : null;
}
