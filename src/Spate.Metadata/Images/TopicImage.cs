using System.Collections.Immutable;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>What is decided about one topic.</summary>
/// <param name="Id">The id that no other topic has or had, not even one of the same name.</param>
/// <param name="Name">The name that clients use.</param>
/// <param name="Partitions">Every partition, at its index.</param>
public sealed record TopicImage(
    Uuid Id,
    string Name,
    ImmutableArray<PartitionImage> Partitions)
{
    /// <summary>The partition of that index, or null where the topic has none.</summary>
    public PartitionImage? FindPartition(int index) => (uint)index < (uint)Partitions.Length ? Partitions[index] : null;

    /// <summary>The topic after a record that decides a partition: the next one, or one that it has already.</summary>
    internal TopicImage With(PartitionRecord record)
    {
        var partition = PartitionImage.From(record);
        if (record.PartitionId == Partitions.Length)
        {
            return this with { Partitions = Partitions.Add(partition) };
        }

        Expect(record.PartitionId);
        return this with { Partitions = Partitions.SetItem(record.PartitionId, partition) };
    }

    /// <summary>The topic after a record that changes a partition.</summary>
    internal TopicImage With(PartitionChangeRecord record) =>
        this with { Partitions = Partitions.SetItem(record.PartitionId, Expect(record.PartitionId).With(record)) };

    /// <summary>The records that decide the topic as it is now, its settings not among them.</summary>
    internal IEnumerable<IMetadataRecord> ToRecords()
    {
        yield return new TopicRecord { Name = Name, TopicId = Id };
        foreach (var partition in Partitions)
        {
            yield return partition.ToRecord(Id);
        }
    }

    private PartitionImage Expect(int index) => FindPartition(index)
        ?? throw new InvalidOperationException($"The metadata log decides partition {index} of the topic '{Name}', which has {Partitions.Length}.");
}
