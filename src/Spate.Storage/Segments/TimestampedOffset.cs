namespace Spate.Storage.Segments;

/// <summary>A timestamp and where it was seen. Immutable, so that a reader never sees one without the other.</summary>
/// <param name="Timestamp">Milliseconds since 1970; -1 when no record has one.</param>
/// <param name="Offset">The last offset of the first batch that has the timestamp as its greatest.</param>
internal sealed record TimestampedOffset(long Timestamp, long Offset)
{
    public static TimestampedOffset None { get; } = new(-1, -1);
}
