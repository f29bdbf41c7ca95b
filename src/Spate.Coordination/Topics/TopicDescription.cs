using Spate.Protocol;

namespace Spate.Coordination.Topics;

/// <summary>What assignors know of a topic.</summary>
public sealed class TopicDescription
{
    private readonly IReadOnlyList<IReadOnlyList<string>> _racks;
    private readonly Lazy<long> _hash;

    /// <param name="id">The id, which a topic that is created anew under the same name does not share.</param>
    /// <param name="name">The name.</param>
    /// <param name="partitionCount">Partitions, numbered from 0.</param>
    /// <param name="racks">Where the replicas of each partition stand, in any order; empty where no broker says where it stands.</param>
    public TopicDescription(Uuid id, string name, int partitionCount, IReadOnlyList<IReadOnlyList<string>>? racks = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(partitionCount);
        _racks = racks ?? [];
        if (_racks.Count != 0 && _racks.Count != partitionCount)
        {
            throw new ArgumentException($"The topic {name} has {partitionCount} partitions, and racks of {_racks.Count}.", nameof(racks));
        }

        Id = id;
        Name = name;
        PartitionCount = partitionCount;
        _hash = new Lazy<long>(() => TopicHash.Of(this));
    }

    public Uuid Id { get; }

    public string Name { get; }

    public int PartitionCount { get; }

    /// <summary>Whether the broker keeps its own state in the topic. A regular expression does not match it; who wants to read it names it.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Whether it is known of any replica where it stands.</summary>
    public bool HasRacks => _racks.Count != 0;

    /// <summary>A number that is another one when the id, the partitions or the racks are others.</summary>
    internal long Hash => _hash.Value;

    /// <summary>Where the replicas of a partition stand.</summary>
    public IReadOnlyList<string> RacksOf(int partition) => _racks.Count == 0 ? [] : _racks[partition];
}
