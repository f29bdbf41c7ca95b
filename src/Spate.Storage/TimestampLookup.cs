namespace Spate.Storage;

/// <summary>An answer to ListOffsets.</summary>
/// <param name="Timestamp">Milliseconds since 1970 of the record that was found.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="LeaderEpoch">The epoch in which it was appended; null when that is not known.</param>
public readonly record struct TimestampLookup(long Timestamp, long Offset, int? LeaderEpoch);
