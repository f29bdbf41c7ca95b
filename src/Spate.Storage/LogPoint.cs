using Spate.Storage.Segments;

namespace Spate.Storage;

/// <summary>The end of a batch: an offset, and the place in a segment that belongs to it. Immutable, so that readers see the two together.</summary>
/// <param name="Offset">The offset behind the batch.</param>
/// <param name="Segment">The segment that holds the batch.</param>
/// <param name="Position">The position behind the batch.</param>
internal sealed record LogPoint(long Offset, LogSegment Segment, int Position);
