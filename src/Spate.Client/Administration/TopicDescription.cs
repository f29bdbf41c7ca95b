using Spate.Protocol;

namespace Spate.Client.Administration;

/// <summary>A topic as the cluster describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; zero from a broker that does not tell (before Kafka 2.8).</param>
/// <param name="IsInternal">Whether it belongs to the brokers, such as the offsets of groups.</param>
/// <param name="Partitions">Its partitions, in order.</param>
public sealed record TopicDescription(string Name, Uuid Id, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions)
{
    /// <summary>What this client may do to the topic (KIP-430), in the order of the operations' numbers; null from a broker that does not tell (before Kafka 2.3).</summary>
    public IReadOnlyList<AclOperation>? AuthorizedOperations { get; init; }
}
