using Spate.Protocol;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>All partitions of all topics in order, one to each member in turn; who does not subscribe to a topic is passed over.</summary>
internal sealed class RoundRobinAssignor : IPartitionAssignor
{
    public string Name => "roundrobin";

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var assigned = members.ToDictionary(static member => member.Id, static _ => new List<TopicPartition>(), StringComparer.Ordinal);
        var turn = 0;
        foreach (var (topic, count) in partitionCounts.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!members.Any(member => member.Topics.Contains(topic)))
            {
                continue;
            }

            for (var partition = 0; partition < count; partition++)
            {
                while (!members[turn % members.Count].Topics.Contains(topic))
                {
                    turn++;
                }

                assigned[members[turn++ % members.Count].Id].Add(new TopicPartition(topic, partition));
            }
        }

        return assigned.ToDictionary(static pair => pair.Key, static IReadOnlyList<TopicPartition> (pair) => pair.Value, StringComparer.Ordinal);
    }
}
