namespace Spate.Coordination.Topics;

/// <summary>Where groups learn how far the partitions of topics reach. Safe for use by several threads at once.</summary>
public interface IPartitionEnds
{
    /// <summary>The offset behind the last record of a partition that may be read; null where it is not known.</summary>
    ValueTask<long?> FindAsync(string topic, int partition);
}
