namespace Spate.Coordination.Groups.Assignors;

/// <summary>
/// Shares slots out among members who may all have any of them: each gets as many as the next, or one more. Whoever has slots keeps them up
/// to that number, near ones first; what is left over goes to those who have too few, near ones first.
/// </summary>
internal sealed class FairShares
{
    private readonly int[] _owners;
    private readonly int[] _wanted;
    private readonly bool _inTurn;
    private readonly SlotRacks? _racks;

    private FairShares(int[] owners, int memberCount, bool inTurn, SlotRacks? racks)
    {
        _owners = owners;
        _inTurn = inTurn;
        _racks = racks;
        _wanted = Quotas(owners, memberCount);
    }

    /// <param name="owners">Who has each slot so far, or nobody; becomes who is to have it.</param>
    /// <param name="memberCount">How many members there are, from 1.</param>
    /// <param name="inTurn">Whether free slots are dealt out one by one in turn, or each member is filled up before the next.</param>
    /// <param name="racks">Where everybody stands; null when that does not matter.</param>
    public static void Assign(int[] owners, int memberCount, bool inTurn, SlotRacks? racks)
    {
        var shares = new FairShares(owners, memberCount, inTurn, racks);
        shares.Keep();
        if (racks is not null)
        {
            shares.FillNear(racks);
        }

        shares.Fill();
    }

    /// <summary>How many each is to have. The odd ones stay with those who have more already, so that they do not move.</summary>
    private static int[] Quotas(int[] owners, int memberCount)
    {
        var owned = new int[memberCount];
        foreach (var owner in owners)
        {
            if (owner != SlotTable.Nobody)
            {
                owned[owner]++;
            }
        }

        var (least, odd) = Math.DivRem(owners.Length, memberCount);
        var quotas = new int[memberCount];
        Array.Fill(quotas, least);
        for (var member = 0; member < memberCount && odd > 0; member++)
        {
            if (owned[member] > least)
            {
                quotas[member]++;
                odd--;
            }
        }

        for (var member = 0; member < memberCount && odd > 0; member++)
        {
            if (quotas[member] == least)
            {
                quotas[member]++;
                odd--;
            }
        }

        return quotas;
    }

    private void Keep()
    {
        var isKept = new bool[_owners.Length];
        if (_racks is not null)
        {
            for (var slot = 0; slot < _owners.Length; slot++)
            {
                isKept[slot] = _owners[slot] != SlotTable.Nobody && _racks.IsNear(slot, _owners[slot]) && TryTake(_owners[slot]);
            }
        }

        for (var slot = 0; slot < _owners.Length; slot++)
        {
            if (_owners[slot] != SlotTable.Nobody && !isKept[slot] && !TryTake(_owners[slot]))
            {
                _owners[slot] = SlotTable.Nobody;
            }
        }
    }

    private void FillNear(SlotRacks racks)
    {
        var waiting = new Queue<int>[racks.Count];
        var wanted = new int[racks.Count];
        for (var rack = 0; rack < racks.Count; rack++)
        {
            waiting[rack] = new Queue<int>();
        }

        for (var member = 0; member < _wanted.Length; member++)
        {
            if (_wanted[member] > 0 && racks.OfMembers[member] != SlotRacks.Unknown)
            {
                waiting[racks.OfMembers[member]].Enqueue(member);
                wanted[racks.OfMembers[member]] += _wanted[member];
            }
        }

        for (var slot = 0; slot < _owners.Length; slot++)
        {
            if (_owners[slot] != SlotTable.Nobody)
            {
                continue;
            }

            // Of the racks that have a replica, the one that still wants most: the others are more likely to find something else.
            var rack = SlotRacks.Unknown;
            foreach (var candidate in racks.OfSlots[slot])
            {
                if (wanted[candidate] > 0 && (rack == SlotRacks.Unknown || wanted[candidate] > wanted[rack]))
                {
                    rack = candidate;
                }
            }

            if (rack != SlotRacks.Unknown)
            {
                _owners[slot] = Next(waiting[rack]);
                wanted[rack]--;
            }
        }
    }

    private void Fill()
    {
        var waiting = new Queue<int>();
        for (var member = 0; member < _wanted.Length; member++)
        {
            if (_wanted[member] > 0)
            {
                waiting.Enqueue(member);
            }
        }

        for (var slot = 0; slot < _owners.Length; slot++)
        {
            if (_owners[slot] == SlotTable.Nobody)
            {
                _owners[slot] = Next(waiting);
            }
        }
    }

    private bool TryTake(int member)
    {
        if (_wanted[member] == 0)
        {
            return false;
        }

        _wanted[member]--;
        return true;
    }

    /// <summary>The member whose turn it is; it stays among those who wait while it wants more.</summary>
    private int Next(Queue<int> waiting)
    {
        var member = waiting.Peek();
        _wanted[member]--;
        if (_wanted[member] == 0)
        {
            waiting.Dequeue();
        }
        else if (_inTurn)
        {
            waiting.Enqueue(waiting.Dequeue());
        }

        return member;
    }
}
