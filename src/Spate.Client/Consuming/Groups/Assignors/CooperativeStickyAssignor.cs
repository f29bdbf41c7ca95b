using System.Buffers.Binary;
using Spate.Protocol;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>
/// Balanced and sticky, for groups whose members keep their partitions (KIP-429): one that changes hands is given to nobody in this round. Subscriptions tell what members
/// have; the generation is told twice, since older ones have no field for it and Kafka's assignor of this name reads it in its own data.
/// </summary>
internal sealed class CooperativeStickyAssignor : IPartitionAssignor
{
    public string Name => "cooperative-sticky";

    public bool IsCooperative => true;

    public ReadOnlyMemory<byte>? Describe(IReadOnlyCollection<TopicPartition> last, int generation)
    {
        var said = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(said, generation);
        return said;
    }

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var owned = members.ToDictionary(static member => member.Id, static member => new OwnedPartitions(member.Owned, GenerationOf(member)), StringComparer.Ordinal);
        var wanted = new StickyAssignment(members, partitionCounts).Make(owned);
        var owners = new Dictionary<TopicPartition, HashSet<string>>();
        foreach (var (member, had) in owned)
        {
            foreach (var name in had.Partitions)
            {
                if (!owners.TryGetValue(name, out var claims))
                {
                    owners.Add(name, claims = []);
                }

                claims.Add(member);
            }
        }

        // Whoever has it by its own account keeps it or gives it up first.
        return wanted.ToDictionary(
            static pair => pair.Key,
            IReadOnlyList<TopicPartition> (pair) => [.. pair.Value.Where(name => !owners.TryGetValue(name, out var claims) || claims.Contains(pair.Key))],
            StringComparer.Ordinal);
    }

    private static int GenerationOf(GroupMember member) =>
        member.Generation < 0 && member.Said is { Length: >= sizeof(int) } said ? BinaryPrimitives.ReadInt32BigEndian(said.Span) : member.Generation;
}
