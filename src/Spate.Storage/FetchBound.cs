namespace Spate.Storage;

/// <summary>Up to where a reader may read.</summary>
public enum FetchBound
{
    /// <summary>Everything that has been appended: followers, and the broker itself.</summary>
    LogEnd,

    /// <summary>What enough replicas have: consumers.</summary>
    HighWatermark,

    /// <summary>What belongs to no transaction that may still be aborted: consumers with <c>isolation.level=read_committed</c>.</summary>
    LastStable,
}
