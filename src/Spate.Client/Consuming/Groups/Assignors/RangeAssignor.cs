using Spate.Protocol;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>Each topic in stretches of one length; the first members get one partition more where it does not come out even.</summary>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var assigned = members.ToDictionary(static member => member.Id, static _ => new List<TopicPartition>(), StringComparer.Ordinal);
        foreach (var (topic, count) in partitionCounts.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            var readers = members.Where(member => member.Topics.Contains(topic)).ToList();
            var next = 0;
            for (var index = 0; index < readers.Count; index++)
            {
                var end = next + (count / readers.Count) + (index < count % readers.Count ? 1 : 0);
                for (; next < end; next++)
                {
                    assigned[readers[index].Id].Add(new TopicPartition(topic, next));
                }
            }
        }

        return assigned.ToDictionary(static pair => pair.Key, static IReadOnlyList<TopicPartition> (pair) => pair.Value, StringComparer.Ordinal);
    }
}
