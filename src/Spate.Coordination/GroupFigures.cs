namespace Spate.Coordination;

/// <summary>
/// What the groups of this node have gone through, counted from the start of the coordinator and never back. Written by the shards' loops, read
/// by anyone.
/// </summary>
public sealed class GroupFigures
{
    private long _offsetCommits;
    private long _offsetExpirations;
    private long _offsetDeletions;
    private long _rebalances;
    private long _consumerRebalances;
    private long _shareRebalances;
    private long _streamsRebalances;

    /// <summary>Offsets committed, one for each partition of a request.</summary>
    public long OffsetCommits => Volatile.Read(ref _offsetCommits);

    /// <summary>Offsets that were forgotten for their age.</summary>
    public long OffsetExpirations => Volatile.Read(ref _offsetExpirations);

    /// <summary>Offsets that were deleted on request, or with their topic.</summary>
    public long OffsetDeletions => Volatile.Read(ref _offsetDeletions);

    /// <summary>Rounds that ended with a new generation of a classic group.</summary>
    public long Rebalances => Volatile.Read(ref _rebalances);

    /// <summary>Target assignments that were made for groups of the consumer protocol.</summary>
    public long ConsumerRebalances => Volatile.Read(ref _consumerRebalances);

    /// <summary>Target assignments that were made for share groups.</summary>
    public long ShareRebalances => Volatile.Read(ref _shareRebalances);

    /// <summary>Target assignments that were made for streams groups.</summary>
    public long StreamsRebalances => Volatile.Read(ref _streamsRebalances);

    internal void Committed(int offsets) => Interlocked.Add(ref _offsetCommits, offsets);

    internal void Expired(int offsets) => Interlocked.Add(ref _offsetExpirations, offsets);

    internal void Deleted(int offsets) => Interlocked.Add(ref _offsetDeletions, offsets);

    internal void ConsumerRebalanced() => Interlocked.Increment(ref _consumerRebalances);

    internal void ShareRebalanced() => Interlocked.Increment(ref _shareRebalances);

    internal void StreamsRebalanced() => Interlocked.Increment(ref _streamsRebalances);

    internal void Rebalanced() => Interlocked.Increment(ref _rebalances);
}
