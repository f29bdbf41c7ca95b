using Spate.Metadata.Images;

namespace Spate.Metadata.Log;

/// <summary>Everything that was decided up to a position of the log, in as few records as say it.</summary>
/// <param name="Position">The position; reading goes on there in the log.</param>
/// <param name="Batches">The records. Their offsets count from 0 and mean nothing.</param>
public sealed record MetadataSnapshot(MetadataPosition Position, IEnumerable<MetadataBatch> Batches);
