namespace Spate.Client.Administration;

/// <summary>How many partitions a topic shall have. Immutable.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Count">All of them together, those that are there already as well; must be more than there are.</param>
public sealed record NewPartitions(string Topic, int Count)
{
    /// <summary>The brokers of each new partition, the preferred leader first; null, the default, to have the cluster choose.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }
}
