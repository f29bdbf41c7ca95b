namespace Spate.Client.Administration;

/// <summary>Where a share group is in a partition (KIP-932).</summary>
/// <param name="StartOffset">The first offset that is not done with: what lies before it is not delivered any more.</param>
public sealed record ShareGroupOffset(long StartOffset)
{
    /// <summary>The epoch of the leader that told of it; null, the default, when that is not known.</summary>
    public int? LeaderEpoch { get; init; }

    /// <summary>How many records are not done with (KIP-1226); null, the default, from brokers that do not count them.</summary>
    public long? Lag { get; init; }
}
