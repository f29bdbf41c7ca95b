using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>What one broker has of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Broker">The broker's id.</param>
public readonly record struct PartitionReplica(TopicPartition Partition, int Broker)
{
    /// <summary>In words.</summary>
    public override string ToString() => $"{Partition} on broker {Broker}";
}
