using System.Runtime.InteropServices;

namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Topics that are read by the same members and have as many partitions are cut alike: whoever reads partition 3 of one reads partition 3 of
/// all, so that what was written with the same keys comes together. A first assignment gives each member a range; later ones keep what can
/// be kept.
/// </summary>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public string Name => "range";

    public PartitionSet[] Assign(AssignmentQuestion question)
    {
        var table = new SlotTable(question.Topics);
        var owners = table.CurrentOwners(question.Members);
        var knowsRacks = question.KnowsRacks;
        foreach (var alike in Alike(question))
        {
            if (alike.Subscribers.Length > 0)
            {
                Assign(question, table, owners, alike, knowsRacks);
            }
        }

        return table.ToSets(owners, question.Members);
    }

    private static void Assign(AssignmentQuestion question, SlotTable table, int[] owners, AlikeTopics alike, bool knowsRacks)
    {
        var subscribers = alike.Subscribers;
        var cut = new int[question.Topics[alike.Topics[0]].PartitionCount];
        for (var partition = 0; partition < cut.Length; partition++)
        {
            // The first topic in which somebody has the partition speaks for all.
            cut[partition] = SlotTable.Nobody;
            foreach (var topic in alike.Topics)
            {
                var owner = owners[table.StartOf(topic) + partition];
                if (owner != SlotTable.Nobody)
                {
                    cut[partition] = Array.BinarySearch(subscribers, owner);
                    break;
                }
            }
        }

        FairShares.Assign(cut, subscribers.Length, inTurn: false, knowsRacks ? Racks(question, alike) : null);
        foreach (var topic in alike.Topics)
        {
            for (var partition = 0; partition < cut.Length; partition++)
            {
                owners[table.StartOf(topic) + partition] = subscribers[cut[partition]];
            }
        }
    }

    /// <summary>A partition is near where a replica stands in each of the topics.</summary>
    private static SlotRacks Racks(AssignmentQuestion question, AlikeTopics alike) => SlotRacks.Of(
        alike.Subscribers.Select(member => question.Members[member].Rack),
        Enumerable.Range(0, question.Topics[alike.Topics[0]].PartitionCount).Select(partition => alike.Topics
            .Select(topic => (IEnumerable<string>)question.Topics[topic].RacksOf(partition))
            .Aggregate((some, others) => some.Intersect(others, StringComparer.Ordinal))));

    private static List<AlikeTopics> Alike(AssignmentQuestion question)
    {
        var subscribers = new List<int>[question.Topics.Count];
        for (var topic = 0; topic < subscribers.Length; topic++)
        {
            subscribers[topic] = [];
        }

        for (var member = 0; member < question.Members.Count; member++)
        {
            foreach (var topic in question.Members[member].Topics)
            {
                subscribers[topic].Add(member);
            }
        }

        var byPartitions = new Dictionary<int, List<AlikeTopics>>();
        var all = new List<AlikeTopics>();
        for (var topic = 0; topic < subscribers.Length; topic++)
        {
            var count = question.Topics[topic].PartitionCount;
            if (!byPartitions.TryGetValue(count, out var candidates))
            {
                candidates = [];
                byPartitions.Add(count, candidates);
            }

            var alike = candidates.Find(candidate => candidate.Subscribers.AsSpan().SequenceEqual(CollectionsMarshal.AsSpan(subscribers[topic])));
            if (alike is null)
            {
                alike = new AlikeTopics([.. subscribers[topic]]);
                candidates.Add(alike);
                all.Add(alike);
            }

            alike.Topics.Add(topic);
        }

        return all;
    }
}
