using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// All partitions of a question in one row of numbers, topic after topic, so that an assignor works on plain arrays: an owner for each slot.
/// </summary>
internal sealed class SlotTable
{
    /// <summary>Of a slot that nobody owns.</summary>
    public const int Nobody = -1;

    private readonly IReadOnlyList<TopicDescription> _topics;
    private readonly int[] _starts;
    private readonly Dictionary<Uuid, int> _indexes;

    public SlotTable(IReadOnlyList<TopicDescription> topics)
    {
        _topics = topics;
        _starts = new int[topics.Count + 1];
        _indexes = new Dictionary<Uuid, int>(topics.Count);
        for (var index = 0; index < topics.Count; index++)
        {
            _starts[index + 1] = _starts[index] + topics[index].PartitionCount;
            _indexes.Add(topics[index].Id, index);
        }
    }

    public int Count => _starts[^1];

    /// <summary>The first slot of a topic; its partitions follow one another.</summary>
    public int StartOf(int topic) => _starts[topic];

    /// <summary>Who owns each slot by what the members have so far, as far as they still subscribe to it and it is still there.</summary>
    public int[] CurrentOwners(IReadOnlyList<AssignmentMember> members)
    {
        var owners = new int[Count];
        Array.Fill(owners, Nobody);
        for (var member = 0; member < members.Count; member++)
        {
            var current = members[member].Current;
            var subscribed = members[member].Topics;
            for (var index = 0; index < current.Topics.Length; index++)
            {
                if (!_indexes.TryGetValue(current.Topics[index], out var topic) || Array.BinarySearch(subscribed, topic) < 0)
                {
                    continue;
                }

                foreach (var partition in current.At(index))
                {
                    if (partition < _topics[topic].PartitionCount && owners[_starts[topic] + partition] == Nobody)
                    {
                        owners[_starts[topic] + partition] = member;
                    }
                }
            }
        }

        return owners;
    }

    /// <summary>What each member owns. A member whose share is what it was gets the very set that it had.</summary>
    public PartitionSet[] ToSets(int[] owners, IReadOnlyList<AssignmentMember> members)
    {
        var slotsOf = Sort(owners, members.Count, out var ends);
        var sets = new PartitionSet[members.Count];
        for (var member = 0; member < members.Count; member++)
        {
            var set = ToSet(slotsOf.AsSpan((member == 0 ? 0 : ends[member - 1])..ends[member]));
            sets[member] = set.Equals(members[member].Current) ? members[member].Current : set;
        }

        return sets;
    }

    /// <summary>The slots, ascending, member after member; and where each member's end.</summary>
    private static int[] Sort(int[] owners, int memberCount, out int[] ends)
    {
        var starts = new int[memberCount + 1];
        foreach (var owner in owners)
        {
            if (owner != Nobody)
            {
                starts[owner + 1]++;
            }
        }

        for (var member = 0; member < memberCount; member++)
        {
            starts[member + 1] += starts[member];
        }

        var sorted = new int[starts[memberCount]];
        for (var slot = 0; slot < owners.Length; slot++)
        {
            if (owners[slot] != Nobody)
            {
                sorted[starts[owners[slot]]++] = slot;
            }
        }

        // Each start has moved on to the start of the next.
        ends = starts;
        return sorted;
    }

    private PartitionSet ToSet(ReadOnlySpan<int> slots)
    {
        if (slots.IsEmpty)
        {
            return PartitionSet.Empty;
        }

        var topics = new List<Uuid>();
        var partitions = new List<int[]>();
        while (!slots.IsEmpty)
        {
            var topic = TopicOf(slots[0]);
            var length = 1;
            while (length < slots.Length && slots[length] < _starts[topic + 1])
            {
                length++;
            }

            var those = new int[length];
            for (var index = 0; index < length; index++)
            {
                those[index] = slots[index] - _starts[topic];
            }

            topics.Add(_topics[topic].Id);
            partitions.Add(those);
            slots = slots[length..];
        }

        return new PartitionSet([.. topics], [.. partitions]);
    }

    private int TopicOf(int slot)
    {
        var index = Array.BinarySearch(_starts, slot);
        if (index < 0)
        {
            return ~index - 1;
        }

        // Of topics without partitions several begin at the same place; the last of them is the one that has the slot.
        while (_starts[index + 1] == slot)
        {
            index++;
        }

        return index;
    }
}
