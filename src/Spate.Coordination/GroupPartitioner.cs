namespace Spate.Coordination;

/// <summary>
/// Which partition of an internal topic keeps what goes by a name: the same in every implementation, or nothing would be found again.
/// </summary>
public static class GroupPartitioner
{
    /// <param name="name">A group id.</param>
    /// <param name="partitionCount">Partitions of the topic, from 1.</param>
    public static int PartitionFor(string name, int partitionCount)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        var hash = 0;
        foreach (var unit in name)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return (hash == int.MinValue ? 0 : Math.Abs(hash)) % partitionCount;
    }
}
