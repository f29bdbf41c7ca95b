namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Shares partitions out among members who subscribe to different topics. What is free goes to the subscriber with least, topics with the
/// fewest subscribers first; then partitions move from those with much to those with little until no single move makes it fairer: nobody
/// has a partition that a subscriber with at least two fewer could have instead.
/// </summary>
internal sealed class MixedShares
{
    private readonly SlotTable _table;
    private readonly int[] _owners;
    private readonly SlotRacks? _racks;
    private readonly int[] _loads;
    private readonly int[][] _subscribers;
    private readonly int[] _partitionCounts;
    private readonly int[] _order;

    public MixedShares(AssignmentQuestion question, SlotTable table, int[] owners, SlotRacks? racks)
    {
        _table = table;
        _owners = owners;
        _racks = racks;
        _loads = new int[question.Members.Count];
        foreach (var owner in owners)
        {
            if (owner != SlotTable.Nobody)
            {
                _loads[owner]++;
            }
        }

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

        _subscribers = [.. subscribers.Select(list => list.ToArray())];
        _partitionCounts = [.. question.Topics.Select(topic => topic.PartitionCount)];
        _order = [.. Enumerable.Range(0, subscribers.Length).Where(topic => subscribers[topic].Count > 0).OrderBy(topic => subscribers[topic].Count)];
    }

    public void Assign()
    {
        foreach (var topic in _order)
        {
            Fill(topic);
        }

        // Every move makes the sum of the squares of the loads smaller, so this comes to an end.
        bool hasMoved;
        do
        {
            hasMoved = false;
            foreach (var topic in _order)
            {
                hasMoved |= Level(topic);
            }
        }
        while (hasMoved);
    }

    private void Fill(int topic)
    {
        var byLoad = new PriorityQueue<int, (int Load, int Member)>(_subscribers[topic].Select(member => (member, (_loads[member], member))));
        var start = _table.StartOf(topic);
        for (var slot = start; slot < start + _partitionCounts[topic]; slot++)
        {
            if (_owners[slot] != SlotTable.Nobody)
            {
                continue;
            }

            var least = PeekLeast(byLoad);
            var member = NearWithLeast(topic, slot, least) ?? least;
            _owners[slot] = member;
            _loads[member]++;
            byLoad.Enqueue(member, (_loads[member], member));
        }
    }

    /// <summary>The member with least; entries from before its load rose are dropped.</summary>
    private int PeekLeast(PriorityQueue<int, (int Load, int Member)> byLoad)
    {
        while (byLoad.TryPeek(out var member, out var priority))
        {
            if (priority.Load == _loads[member])
            {
                return member;
            }

            byLoad.Dequeue();
        }

        throw new InvalidOperationException("Nobody subscribes to a topic that is to be shared out.");
    }

    /// <summary>A subscriber near the slot that has no more than the one with least, if there is one.</summary>
    private int? NearWithLeast(int topic, int slot, int least)
    {
        if (_racks is null || _racks.IsNear(slot, least))
        {
            return null;
        }

        foreach (var member in _subscribers[topic])
        {
            if (_loads[member] == _loads[least] && _racks.IsNear(slot, member))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>Moves partitions of a topic from its owners with most to its subscribers with least. True when one was moved.</summary>
    private bool Level(int topic)
    {
        var subscribers = _subscribers[topic];
        if (subscribers.Length < 2)
        {
            return false;
        }

        var slotsOf = new Dictionary<int, Stack<int>>();
        var start = _table.StartOf(topic);
        for (var slot = start; slot < start + _partitionCounts[topic]; slot++)
        {
            if (!slotsOf.TryGetValue(_owners[slot], out var slots))
            {
                slots = new Stack<int>();
                slotsOf.Add(_owners[slot], slots);
            }

            slots.Push(slot);
        }

        var poorest = new PriorityQueue<int, (int Load, int Member)>(subscribers.Select(member => (member, (_loads[member], member))));
        var richest = new PriorityQueue<int, (int Load, int Member)>(slotsOf.Keys.Select(member => (member, (-_loads[member], member))));
        var hasMoved = false;
        while (richest.Count > 0)
        {
            var poor = poorest.Peek();
            var rich = richest.Peek();
            if (_loads[rich] - _loads[poor] < 2)
            {
                break;
            }

            var slot = slotsOf[rich].Pop();
            _owners[slot] = poor;
            _loads[rich]--;
            _loads[poor]++;
            hasMoved = true;
            poorest.DequeueEnqueue(poor, (_loads[poor], poor));
            if (slotsOf[rich].Count == 0)
            {
                richest.Dequeue();
            }
            else
            {
                richest.DequeueEnqueue(rich, (-_loads[rich], rich));
            }
        }

        return hasMoved;
    }
}
