namespace Spate.Coordination.Groups.Assignors;

/// <summary>Where members and the replicas of slots stand, racks being numbers.</summary>
/// <param name="OfMembers">The rack of each member; <see cref="Unknown"/> when it does not say.</param>
/// <param name="OfSlots">The racks of each slot's replicas.</param>
/// <param name="Count">How many racks there are.</param>
internal sealed record SlotRacks(int[] OfMembers, int[][] OfSlots, int Count)
{
    public const int Unknown = -1;

    /// <summary>Whether a replica of the slot stands where the member does.</summary>
    public bool IsNear(int slot, int member) => OfMembers[member] != Unknown && Array.IndexOf(OfSlots[slot], OfMembers[member]) >= 0;

    /// <summary>Numbers the racks; those where no member stands do not matter and are left out.</summary>
    /// <param name="members">Their racks, null when they do not say.</param>
    /// <param name="slots">The racks of each slot.</param>
    public static SlotRacks Of(IEnumerable<string?> members, IEnumerable<IEnumerable<string>> slots)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] ofMembers = [.. members.Select(rack => rack is null ? Unknown : NumberOf(rack))];
        int[][] ofSlots = [.. slots.Select(racks => racks.Where(numbers.ContainsKey).Select(rack => numbers[rack]).Distinct().ToArray())];
        return new SlotRacks(ofMembers, ofSlots, numbers.Count);

        int NumberOf(string rack)
        {
            if (!numbers.TryGetValue(rack, out var number))
            {
                number = numbers.Count;
                numbers.Add(rack, number);
            }

            return number;
        }
    }
}
