using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>Which offsets <see cref="GroupAdmin.ListOffsetsAsync"/> tells. Immutable.</summary>
public sealed record ListGroupOffsetsOptions
{
    /// <summary>Those of these partitions, with null where nothing is committed. Default: null, for those of every partition that has one.</summary>
    public IReadOnlyCollection<TopicPartition>? Partitions { get; init; }

    /// <summary>Waits while an open transaction may still commit others (KIP-447): OffsetFetch version 7, of Kafka 2.5. Default: false.</summary>
    public bool RequireStable { get; init; }
}
