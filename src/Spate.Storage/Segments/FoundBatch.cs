namespace Spate.Storage.Segments;

/// <summary>A batch and where it starts in its segment's file.</summary>
internal readonly record struct FoundBatch(int Position, StoredBatch Batch);
