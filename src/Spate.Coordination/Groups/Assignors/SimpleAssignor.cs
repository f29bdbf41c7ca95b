using Spate.Protocol;

namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Decides which members of a share group fetch from which partitions. Every partition goes to somebody who subscribes to its topic, and every member gets something of
/// what it subscribes to: among topics with the same subscribers, partitions are shared out among the members where there are enough of them, and members among the
/// partitions where there are not. Both ways nobody gets more than one more than the next, and whatever can stay where it is stays. A pure function.
/// </summary>
internal static class SimpleAssignor
{
    /// <summary>What settings call it.</summary>
    public const string Name = "simple";

    /// <param name="partitions">The partitions that may be assigned.</param>
    /// <param name="members">The members, in an order that does not depend on when they came; the places of topics that they name are those in <paramref name="partitions"/>.</param>
    /// <returns>The partitions of each member, in the order of the members.</returns>
    public static PartitionSet[] Assign(PartitionSet partitions, IReadOnlyList<AssignmentMember> members)
    {
        var shares = members.Select(_ => new List<(Uuid Topic, int Partition)>()).ToArray();
        foreach (var (subscribers, slots) in Alike(partitions, members))
        {
            var (owners, chosen) = Held(slots, subscribers, members);
            if (slots.Count >= subscribers.Length)
            {
                FairShares.Assign(owners, subscribers.Length, inTurn: true, racks: null);
                for (var slot = 0; slot < owners.Length; slot++)
                {
                    shares[subscribers[owners[slot]]].Add(slots[slot]);
                }
            }
            else
            {
                FairShares.Assign(chosen, slots.Count, inTurn: true, racks: null);
                for (var place = 0; place < chosen.Length; place++)
                {
                    shares[subscribers[place]].Add(slots[chosen[place]]);
                }
            }
        }

        return [.. shares.Zip(members, ToSet)];
    }

    /// <summary>Who has each slot so far, the first of those who do; and which slot each subscriber has, the first of them.</summary>
    private static (int[] Owners, int[] Chosen) Held(List<(Uuid Topic, int Partition)> slots, int[] subscribers, IReadOnlyList<AssignmentMember> members)
    {
        var slotOf = new Dictionary<(Uuid, int), int>(slots.Count);
        for (var slot = 0; slot < slots.Count; slot++)
        {
            slotOf.Add(slots[slot], slot);
        }

        var owners = new int[slots.Count];
        var chosen = new int[subscribers.Length];
        Array.Fill(owners, SlotTable.Nobody);
        Array.Fill(chosen, SlotTable.Nobody);
        for (var place = 0; place < subscribers.Length; place++)
        {
            foreach (var (topic, those) in members[subscribers[place]].Current.ToPairs())
            {
                foreach (var partition in those)
                {
                    if (slotOf.TryGetValue((topic, partition), out var slot))
                    {
                        owners[slot] = owners[slot] == SlotTable.Nobody ? place : owners[slot];
                        chosen[place] = chosen[place] == SlotTable.Nobody ? slot : chosen[place];
                    }
                }
            }
        }

        return (owners, chosen);
    }

    /// <summary>The partitions, by who subscribes to them: topics with the same subscribers are taken together.</summary>
    private static Dictionary<string, (int[] Subscribers, List<(Uuid Topic, int Partition)> Slots)>.ValueCollection Alike(PartitionSet partitions, IReadOnlyList<AssignmentMember> members)
    {
        var sets = new Dictionary<string, (int[] Subscribers, List<(Uuid Topic, int Partition)> Slots)>(StringComparer.Ordinal);
        for (var topic = 0; topic < partitions.Topics.Length; topic++)
        {
            int[] subscribers = [.. Enumerable.Range(0, members.Count).Where(member => Array.BinarySearch(members[member].Topics, topic) >= 0)];
            if (subscribers.Length == 0)
            {
                continue;
            }

            var name = string.Join(',', subscribers);
            if (!sets.TryGetValue(name, out var set))
            {
                set = (subscribers, []);
                sets.Add(name, set);
            }

            foreach (var partition in partitions.At(topic))
            {
                set.Slots.Add((partitions.Topics[topic], partition));
            }
        }

        return sets.Values;
    }

    /// <summary>A member whose share is what it was gets the very set that it had.</summary>
    private static PartitionSet ToSet(List<(Uuid Topic, int Partition)> share, AssignmentMember member)
    {
        var set = PartitionSet.Of(share.GroupBy(slot => slot.Topic, (topic, slots) => (topic, slots.Select(slot => slot.Partition))));
        return set.Equals(member.Current) ? member.Current : set;
    }
}
