namespace Spate.Metadata.Images;

/// <summary>How far the log of decisions has been followed.</summary>
/// <param name="EndOffset">The offset behind the last record, from 0: the one that the next record gets.</param>
/// <param name="Epoch">The leader's epoch in which the last record was written, or -1 when there is none.</param>
public readonly record struct MetadataPosition(long EndOffset, int Epoch) : IComparable<MetadataPosition>
{
    /// <summary>Before the first record.</summary>
    public static MetadataPosition Start { get; } = new(0, -1);

    public int CompareTo(MetadataPosition other) =>
        EndOffset != other.EndOffset ? EndOffset.CompareTo(other.EndOffset) : Epoch.CompareTo(other.Epoch);

    public static bool operator <(MetadataPosition left, MetadataPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(MetadataPosition left, MetadataPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(MetadataPosition left, MetadataPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(MetadataPosition left, MetadataPosition right) => left.CompareTo(right) >= 0;
}
