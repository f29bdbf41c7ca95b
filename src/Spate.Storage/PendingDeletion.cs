using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>A segment whose files bear the ending of deleted ones, and when they are to go.</summary>
/// <param name="DueAt">Milliseconds since 1970.</param>
/// <param name="Segment">The segment.</param>
internal readonly record struct PendingDeletion(long DueAt, LogSegment Segment);
