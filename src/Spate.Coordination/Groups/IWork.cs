namespace Spate.Coordination.Groups;

/// <summary>What the broker assigns to members, as sets: partitions to consumers, tasks to instances of a streams application. Immutable.</summary>
/// <typeparam name="TSelf">The kind of work.</typeparam>
internal interface IWork<TSelf>
    where TSelf : class, IWork<TSelf>
{
    /// <summary>Nothing to do.</summary>
    static abstract TSelf Empty { get; }

    bool IsEmpty { get; }

    /// <summary>How much it is.</summary>
    int Count { get; }

    bool Overlaps(TSelf other);

    TSelf Intersect(TSelf other);

    TSelf Except(TSelf other);

    TSelf Union(TSelf other);
}
