namespace Spate.Client.Administration;

/// <summary>How far a group has read a partition.</summary>
/// <param name="Offset">The offset of the next record that it reads. At least 0.</param>
public sealed record GroupOffset(long Offset)
{
    /// <summary>The leader epoch of the last record that it read (KIP-320), so that a log that was cut is noticed; null, the default, when that is not known.</summary>
    public int? LeaderEpoch { get; init; }

    /// <summary>A note of whoever committed it. Default: empty.</summary>
    public string Metadata { get; init; } = "";
}
