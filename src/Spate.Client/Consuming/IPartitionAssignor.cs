using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Divides partitions among the members of a classic group. It is asked at the member that happens to lead the group, and has to come to the same whichever that is. One
/// instance may serve any number of consumers at once, so it keeps no state. Kafka: <c>ConsumerPartitionAssignor</c>.
/// </summary>
public interface IPartitionAssignor
{
    /// <summary>Its name among the members: all offer the same ones. Not empty.</summary>
    string Name { get; }

    /// <summary>
    /// Whether members keep their partitions during a rebalance (KIP-429). Then a partition that is to change hands must not be given to anybody until its owner has given it up, which
    /// begins another round.
    /// </summary>
    bool IsCooperative => false;

    /// <summary>What a member says to the assignor of the leader beside its subscription; null for nothing.</summary>
    /// <param name="last">What it was last assigned, whether or not it still has it.</param>
    /// <param name="generation">The generation of that; -1 when it was never assigned anything.</param>
    ReadOnlyMemory<byte>? Describe(IReadOnlyCollection<TopicPartition> last, int generation) => null;

    /// <summary>Divides the partitions.</summary>
    /// <param name="members">All members of the group, in the order of <see cref="GroupMember.Order"/>.</param>
    /// <param name="partitionCounts">How many partitions each topic has; a topic that is not there is not in it.</param>
    /// <returns>The partitions of each member, by its id. One that is left out gets none.</returns>
    IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts);
}
