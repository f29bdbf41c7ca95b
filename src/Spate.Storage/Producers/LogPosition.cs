namespace Spate.Storage.Producers;

/// <summary>An offset, and where its batch stands on the disk as far as that is known: then a reader need not search for it.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="SegmentBaseOffset">The base offset of the segment that holds it; -1 when it is not known.</param>
/// <param name="FilePosition">The first byte of its batch in that segment's file; -1 when it is not known.</param>
public readonly record struct LogPosition(long Offset, long SegmentBaseOffset, int FilePosition)
{
    /// <summary>An offset of which nothing else is known.</summary>
    public static LogPosition At(long offset) => new(offset, -1, -1);
}
