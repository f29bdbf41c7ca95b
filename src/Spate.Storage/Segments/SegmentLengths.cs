namespace Spate.Storage.Segments;

/// <summary>Bytes in the files of a segment, where that matters when it is opened.</summary>
internal readonly record struct SegmentLengths(int Log, long OffsetIndex, long TimeIndex);
